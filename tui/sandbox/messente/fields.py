"""Reading one JSON object of a send request, field by field; null counts as missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.sandbox.messente.faults import Faults
from tui.sandbox.messente.senders import is_web_address


@dataclass(frozen=True, slots=True)
class Fields:
    """The object, where it is, and where its faults are noted."""

    values: Mapping[str, object]
    faults: Faults
    where: str = ""
    """Path of the object with a dot at its end; empty for the request itself."""

    def given(self, name: str) -> bool:
        """Whether the field is there."""
        return self.values.get(name) is not None

    def invalid(self, name: str, detail: str) -> None:
        """Note a wrong field."""
        self.faults.invalid(self.where + name, detail)

    def missing(self, name: str) -> None:
        """Note a field that is not there."""
        self.faults.missing(self.where + name)

    def text(self, name: str, required: bool = False, longest: int | None = None) -> str:
        """A text; empty if missing."""
        value = self.values.get(name)
        if value is None or value == "":
            if required:
                self.missing(name)
            return ""
        if not isinstance(value, str):
            self.invalid(name, "Not a valid string")
            return ""
        if longest is not None and len(value) > longest:
            self.invalid(name, f"Longer than maximum length {longest}")
        return value

    def url(self, name: str, required: bool = False) -> str | None:
        """A web address."""
        value = self.text(name, required)
        if value and not is_web_address(value):
            self.invalid(name, "Not a valid URL")
        return value or None

    def choice(self, name: str, words: Sequence[str]) -> None:
        """An optional word out of a list."""
        if self.given(name) and self.values[name] not in words:
            self.invalid(name, f"Must be one of: {', '.join(words)}")

    def positive(self, name: str) -> int | None:
        """An optional whole number above 0."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            self.invalid(name, "Not a valid positive integer")
            return None
        return value

    def items(self, name: str, shortest: int, longest: int) -> Sequence[object]:
        """A list; empty if it is missing or wrong."""
        value = self.values.get(name)
        if not isinstance(value, list) or not shortest <= len(value) <= longest:
            self.invalid(name, f"Must be a list of {shortest} to {longest} items")
            return ()
        return value

    def inner(self, name: str) -> "Fields | None":
        """An object inside; None if it is missing or wrong."""
        return self.object(name, self.values.get(name))

    def object(self, name: str, value: object) -> "Fields | None":
        """A value that should be an object."""
        if not isinstance(value, dict):
            self.invalid(name, "Not a valid object")
            return None
        return Fields(value, self.faults, f"{self.where}{name}.")
