"""Read the fields of a request: a JSON object, or query and form of the classic API together.

In a JSON object null counts as missing. A classic request names the charset of its texts. The
senders and the addresses that a request may name are checked here, too.
"""

import codecs
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request

from tui.domain.record_type import record
from tui.sandbox.messente.status_codes import ValidationErrors
from tui.sandbox.wire import parse_byte_pairs

DEFAULT_SENDER = "+37259990011"
"""The key's default sender, and the inbound number."""

INACTIVE_SENDER = "NotActive"
"""The one well-formed sender that is not activated."""

NUMBER = re.compile(r"\+?[0-9]{3,15}")
NAME = re.compile(r"(?=.*[^\W\d_])[^\x00-\x1f\x7f]{1,11}")


def is_well_formed(sender: str) -> bool:
    """Return whether it is a number, a short code or a name of at most eleven characters.

    Args:
        sender: Sender of a request, not empty.
    """
    return bool(NUMBER.fullmatch(sender) or NAME.fullmatch(sender))


def can_be_answered(sender: str) -> bool:
    """Return whether a handset can answer: not if the sender is a name.

    Args:
        sender: Sender of a request; empty for the default sender.
    """
    return not sender or bool(NUMBER.fullmatch(sender))


def is_web_address(value: str) -> bool:
    """Return whether a value is an http or https address."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@record
class JsonFields:
    """The object, its path, and the list to which its errors are added."""

    values: Mapping[str, object]
    errors: ValidationErrors
    path: str = ""
    """Path of the object with a dot at its end; empty for the request itself."""

    def has_value(self, name: str) -> bool:
        """Return whether the field is there."""
        return self.values.get(name) is not None

    def add_invalid(self, name: str, detail: str) -> None:
        """Add an error for an invalid field.

        Args:
            name: Name of the field.
            detail: Description for a person.
        """
        self.errors.add_invalid(self.path + name, detail)

    def add_missing(self, name: str) -> None:
        """Add an error for a missing field."""
        self.errors.add_missing(self.path + name)

    def read_text(self, name: str, required: bool = False, max_length: int | None = None) -> str:
        """Return a text; empty if missing.

        Args:
            name: Name of the field.
            required: Whether a missing field is an error.
            max_length: Greatest number of characters.
        """
        value = self.values.get(name)
        if value is None or value == "":
            if required:
                self.add_missing(name)
            return ""
        if not isinstance(value, str):
            self.add_invalid(name, "Not a valid string")
            return ""
        if max_length is not None and len(value) > max_length:
            self.add_invalid(name, f"Longer than maximum length {max_length}")
        return value

    def read_url(self, name: str, required: bool = False) -> str | None:
        """Return a web address, or None if missing.

        Args:
            name: Name of the field.
            required: Whether a missing field is an error.
        """
        value = self.read_text(name, required)
        if value and not is_web_address(value):
            self.add_invalid(name, "Not a valid URL")
        return value or None

    def check_choice(self, name: str, choices: Sequence[str]) -> None:
        """Check an optional value out of a list.

        Args:
            name: Name of the field.
            choices: Allowed values.
        """
        if self.has_value(name) and self.values[name] not in choices:
            self.add_invalid(name, f"Must be one of: {', '.join(choices)}")

    def read_positive(self, name: str) -> int | None:
        """Return an optional whole number above 0."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            self.add_invalid(name, "Not a valid positive integer")
            return None
        return value

    def read_items(self, name: str, min_length: int, max_length: int) -> Sequence[object]:
        """Return a list; empty if it is missing or invalid.

        Args:
            name: Name of the field.
            min_length: Least number of items.
            max_length: Greatest number of items.
        """
        value = self.values.get(name)
        if not isinstance(value, list) or not min_length <= len(value) <= max_length:
            self.add_invalid(name, f"Must be a list of {min_length} to {max_length} items")
            return ()
        return value

    def read_inner(self, name: str) -> "JsonFields | None":
        """Return the fields of an inner object; None if it is missing or invalid."""
        return self.read_object(name, self.values.get(name))

    def read_object(self, name: str, value: object) -> "JsonFields | None":
        """Return the fields of a value that should be an object.

        Args:
            name: Path of the value below this object.
            value: Value to read.
        """
        if not isinstance(value, dict):
            self.add_invalid(name, "Not a valid object")
            return None
        return JsonFields(value, self.errors, f"{self.path}{name}.")


WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


class ClassicRefusal(Exception):
    """A classic request that is refused; the text is the answer's whole line."""


WRONG_CREDENTIALS = "ERROR 101"
WRONG_PARAMETER = "ERROR 102"
UNKNOWN_ID = "ERROR 107"


@record
class Parameters:
    """The parameters of one request, still as bytes; empty ones count as missing."""

    # Bytes, because the parameter `charset` decides how the others are decoded.
    values: Mapping[str, bytes]

    def __contains__(self, name: str) -> bool:
        """Return whether a parameter was given and is not empty."""
        return bool(self.values.get(name))

    def read_text(self, name: str, charset: str = "utf-8") -> str:
        """Return a parameter as text, empty if missing.

        Args:
            name: Name of the parameter.
            charset: Charset of its bytes.
        """
        return self.values.get(name, b"").decode(charset, "replace")

    def read_required(self, name: str) -> str:
        """Return a parameter that must be there; raise `ClassicRefusal` 102."""
        if name not in self:
            raise ClassicRefusal(WRONG_PARAMETER)
        return self.read_text(name)

    def check_choice(self, name: str, *choices: str) -> None:
        """Refuse with 102 a parameter that is none of the choices.

        Args:
            name: Name of the parameter.
            choices: Allowed values.
        """
        if name in self and self.read_text(name) not in choices:
            raise ClassicRefusal(WRONG_PARAMETER)

    def read_number(self, name: str) -> int | None:
        """Return an optional whole number; raise `ClassicRefusal` 102."""
        if name not in self:
            return None
        if not WHOLE_NUMBER.fullmatch(self.read_text(name)):
            raise ClassicRefusal(WRONG_PARAMETER)
        return int(self.read_text(name))

    def read_charset(self) -> str:
        """Return the name of the charset of `text`; raise `ClassicRefusal` 102 if unknown."""
        name = self.read_text("charset") or "utf-8"
        try:
            return codecs.lookup(name).name
        except LookupError:
            raise ClassicRefusal(WRONG_PARAMETER) from None


async def read_parameters(request: Request) -> Parameters:
    """Return query and form together; of a repeated parameter the last one counts."""
    pairs = parse_byte_pairs(request.scope["query_string"]) + parse_byte_pairs(await request.body())
    return Parameters(dict(pairs))
