"""Reading a classic request: query and form together, each text in the charset that it names."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from tui.sandbox.forms import byte_pairs

WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


class Refusal(Exception):
    """A classic request that is refused; the text is the answer's whole line."""


WRONG_CREDENTIALS = "ERROR 101"
WRONG_PARAMETER = "ERROR 102"
UNKNOWN_ID = "ERROR 107"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one request, still as bytes; empty ones count as missing."""

    values: Mapping[str, bytes]

    def __contains__(self, name: str) -> bool:
        """Whether it was given and is not empty."""
        return bool(self.values.get(name))

    def text(self, name: str, charset: str = "utf-8") -> str:
        """A parameter as text, empty if missing."""
        return self.values.get(name, b"").decode(charset, "replace")

    def required(self, name: str) -> str:
        """A parameter that must be there; raises `Refusal` 102."""
        if name not in self:
            raise Refusal(WRONG_PARAMETER)
        return self.text(name)

    def choice(self, name: str, *words: str) -> None:
        """Refuse with 102 a parameter that is none of the words."""
        if name in self and self.text(name) not in words:
            raise Refusal(WRONG_PARAMETER)

    def number(self, name: str) -> int | None:
        """An optional whole number; raises `Refusal` 102."""
        if name not in self:
            return None
        if not WHOLE_NUMBER.fullmatch(self.text(name)):
            raise Refusal(WRONG_PARAMETER)
        return int(self.text(name))

    def charset(self) -> str:
        """The name of the charset of `text`; raises `Refusal` 102 for an unknown one."""
        name = self.text("charset") or "utf-8"
        try:
            return codecs.lookup(name).name
        except LookupError:
            raise Refusal(WRONG_PARAMETER) from None


async def parameters_of(request: Request) -> Parameters:
    """Query and form together; of a repeated parameter the last one counts."""
    pairs = byte_pairs(request.scope["query_string"]) + byte_pairs(await request.body())
    return Parameters(dict(pairs))
