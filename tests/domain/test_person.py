"""Test how the changes of an agent are applied to a contact that others have changed meanwhile."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.person import Person, apply_change

HOME, WORK, NEW = "+48500600901", "+48500600902", "+48500600903"
SEEN = Person(7, "Ana", "calls late", (HOME, WORK), {"city": "Gdynia", "order": "1"})

values = st.sampled_from(["", "a", "b"])
people = st.builds(
    Person,
    st.just(7),
    values,
    values,
    st.permutations([HOME, WORK, NEW]).map(lambda found: tuple(found[:2])),
    st.dictionaries(st.sampled_from(["city", "order"]), st.sampled_from(["x", "y"])),
)


def test_what_others_changed_stays_where_the_agent_changed_something_else() -> None:
    stored = replace(SEEN, name="Ana K.", fields={"city": "Gdynia", "vip": "yes"})
    wanted = replace(SEEN, note="calls early", fields={**SEEN.fields, "city": "Sopot"})
    changed = apply_change(SEEN, wanted, stored)
    assert changed.person == Person(
        7, "Ana K.", "calls early", (HOME, WORK), {"city": "Sopot", "vip": "yes"}
    )
    assert changed.overwritten == ()
    assert changed.replaced == stored


def test_a_newer_value_that_is_replaced_is_named() -> None:
    stored = replace(SEEN, note="never calls", fields={"city": "Gdynia", "order": "2"})
    wanted = replace(SEEN, note="calls early", fields={"city": "Gdynia"})
    changed = apply_change(SEEN, wanted, stored)
    assert changed.person == replace(SEEN, note="calls early", fields={"city": "Gdynia"})
    assert changed.overwritten == ("note", "{order}")


def test_numbers_that_two_agents_add_and_remove_are_joined() -> None:
    stored = replace(SEEN, numbers=(HOME, WORK, NEW))
    assert apply_change(SEEN, replace(SEEN, numbers=(WORK,)), stored).person.numbers == (WORK, NEW)
    assert apply_change(SEEN, replace(SEEN, numbers=(WORK, HOME)), SEEN).person.numbers == (
        WORK,
        HOME,
    )
    last = replace(SEEN, numbers=(HOME,))
    assert apply_change(SEEN, replace(SEEN, numbers=(WORK,)), last).person.numbers == (HOME,)


@given(people, people)
def test_nothing_is_lost_if_only_one_has_changed_the_contact(before: Person, other: Person) -> None:
    assert apply_change(before, other, before).person == other
    assert apply_change(before, before, other).person == other
    assert apply_change(before, other, before).overwritten == ()
