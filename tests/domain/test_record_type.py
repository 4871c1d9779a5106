"""Test that a record is used like a dataclass with slots."""

from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace

import pytest

from tui.domain.record_type import record


@record
class Place:
    """A record with a default, a field that is not shown and one that is not compared."""

    name: str
    number: int = 1
    secret: str = field(default="", repr=False)
    seen_at: int = field(default=0, compare=False)
    notes: dict[str, str] = field(default_factory=dict, hash=False)


@record
class Address(Place):
    """A record of a record."""

    street: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """The same fields in a frozen dataclass."""

    name: str
    number: int = 1
    secret: str = field(default="", repr=False)
    seen_at: int = field(default=0, compare=False)
    notes: dict[str, str] = field(default_factory=dict, hash=False)


def test_records_with_equal_fields_are_equal_and_have_one_hash() -> None:
    assert Place("a", 2, seen_at=1) == Place("a", 2, seen_at=2)
    assert len({Place("a"), Place("a"), Place("b"), Place("a", secret="x")}) == 3
    assert Place("a") != Place("a", 2)
    noted = Place("a", notes={"b": "c"})
    assert noted != Place("a")
    assert hash(noted) == hash(Place("a"))


def test_records_of_different_classes_are_not_equal() -> None:
    assert Place("a") != Address("a")
    assert Address("a", street="b") != Address("a", street="c")
    other: object = Reference("a")
    assert Place("a") != other


def test_a_record_shows_the_same_text_as_a_dataclass() -> None:
    assert repr(Place("a", secret="x")) == repr(Reference("a")).replace("Reference", "Place")


def test_the_functions_for_dataclasses_take_a_record() -> None:
    place = replace(Address("a", street="b"), number=5)
    assert place == Address("a", 5, street="b")
    assert asdict(place) == {
        "name": "a",
        "number": 5,
        "secret": "",
        "seen_at": 0,
        "notes": {},
        "street": "b",
    }
    assert [one.name for one in fields(Place)] == ["name", "number", "secret", "seen_at", "notes"]


def test_a_record_has_no_other_attributes() -> None:
    with pytest.raises((AttributeError, FrozenInstanceError)):
        Place("a").other = 1  # type: ignore[attr-defined]


def test_identity_and_names_can_be_asked_for() -> None:
    @record(eq=False, kw_only=True)
    class Unique:
        """A record that is equal to itself only."""

        name: str

    one = Unique(name="a")
    assert one == one
    assert one != Unique(name="a")
    with pytest.raises(TypeError):
        Unique("a")  # type: ignore[call-arg]


def test_a_method_of_the_class_is_kept() -> None:
    @record
    class Shown:
        """A record with a text and a comparison of its own."""

        name: str

        def __repr__(self) -> str:
            """Return a text."""
            return "shown"

        def __eq__(self, other: object) -> bool:
            """Return True for any other."""
            return True

        def __hash__(self) -> int:
            """Return one hash for all."""
            return 7

    assert repr(Shown("a")) == "shown"
    assert Shown("a") == Shown("b")
    assert hash(Shown("a")) == 7


@pytest.mark.parametrize("arguments", [(), ("a", 1, "", 0, {}, "b", "c")])
def test_the_first_value_is_refused_as_any_other(arguments: tuple[object, ...]) -> None:
    @record
    class Unused(Place):
        """A record of which there is no value yet."""

        street: str = ""

    with pytest.raises(TypeError) as first:
        Unused(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError) as second:
        Unused(*arguments)  # type: ignore[arg-type]
    assert str(first.value) == str(second.value)
    assert "Unused.__init__()" in str(first.value)


def test_a_record_can_check_itself() -> None:
    @record
    class Checked(Place):
        """A record that completes its values."""

        def __post_init__(self) -> None:
            """Complete the number."""
            self.number += 1  # type: ignore[misc]

    assert [Checked("a").number, Checked("a", 5).number] == [2, 6]
    assert Checked("a").notes is not Checked("a").notes
