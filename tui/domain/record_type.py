"""Create classes of immutable values quickly.

A frozen dataclass compiles six methods as it is defined. An inbox defines about 130 of them before
the first key is read, which took longer than to import all else of ours. A record compiles one, and
that as its first value is made: of most classes there is none before the first key.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform, overload

T = TypeVar("T")


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, eq: bool = True, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(
    cls: type[T] | None = None, /, *, eq: bool = True, kw_only: bool = False
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a class a dataclass with slots, of which the type checker refuses every assignment.

    `field`, `replace`, `fields` and `asdict` of `dataclasses` work as for any dataclass. That a
    value does not change is left to the type checker: to refuse it at run time costs more than all
    the rest.

    Args:
        cls: Class to change.
        eq: Whether two values with equal fields are equal.
        kw_only: Whether fields are given by name only.
    """
    if cls is None:
        return lambda given: _make_record(given, eq=eq, kw_only=kw_only)
    return _make_record(cls, eq=eq, kw_only=kw_only)


def _make_record(cls: type[T], *, eq: bool, kw_only: bool) -> type[T]:
    """Return the class as a dataclass whose comparison and text need no code of their own."""
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    if "__init__" not in cls.__dict__:
        _add_initializer(made)
    if "__repr__" not in cls.__dict__:
        made.__repr__ = _describe
    if eq:
        compared = [one for one in fields(made) if one.compare]
        hashed = [one.name for one in compared if one.hash is not False]
        _add_comparison(made, [one.name for one in compared], hashed)
    return cast(type[T], made)


def _add_initializer(cls: Any) -> None:
    """Let the first value of a class compile `__init__`."""

    def initialize(self: object, *args: Any, **kwargs: Any) -> None:
        """Make way for the method that sets the fields."""
        cls.__init__ = _compile_initializer(cls)
        cls.__init__(self, *args, **kwargs)

    initialize.__name__ = "__init__"
    initialize.__qualname__ = f"{cls.__qualname__}.__init__"
    cls.__init__ = initialize


def _compile_initializer(cls: Any) -> Callable[..., None]:
    """Return the `__init__` that a dataclass with the fields of a class has."""
    namespace: dict[str, Any] = {one.name: one for one in fields(cls)}
    namespace["__annotations__"] = {one.name: one.type for one in fields(cls)}
    if hasattr(cls, "__post_init__"):
        namespace["__post_init__"] = cls.__post_init__
    namespace["__doc__"] = cls.__doc__
    namespace["__module__"] = cls.__module__
    namespace["__qualname__"] = cls.__qualname__
    twin: Any = dataclass(repr=False, eq=False)(type(cls.__name__, (), namespace))
    return cast(Callable[..., None], twin.__init__)


def _add_comparison(cls: Any, compared: list[str], hashed: list[str]) -> None:
    """Compare and hash values of a class by fields of these names."""
    get_values = attrgetter(*compared) if compared else type
    get_hashed = attrgetter(*hashed) if hashed else type

    def is_equal(self: object, other: object) -> object:
        """Return whether another value of the same class has the same fields."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        return get_values(self) == get_values(other)

    def calculate_hash(self: object) -> int:
        """Return a hash of the fields."""
        return hash(get_hashed(self))

    if "__eq__" not in cls.__dict__:
        cls.__eq__ = is_equal
    # A class with a comparison of its own has None in place of a hash that it does not define.
    if cls.__dict__.get("__hash__") is None:
        cls.__hash__ = calculate_hash


def _describe(self: Any) -> str:
    """Return the fields that may be shown, as a dataclass writes them."""
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
