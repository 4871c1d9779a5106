"""Read a classic request: query and form together, each text in the charset that it names."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from tui.sandbox.wire import parse_byte_pairs

WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


class ClassicRefusal(Exception):
    """A classic request that is refused; the text is the answer's whole line."""


WRONG_CREDENTIALS = "ERROR 101"
WRONG_PARAMETER = "ERROR 102"
UNKNOWN_ID = "ERROR 107"


@dataclass(frozen=True, slots=True)
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
