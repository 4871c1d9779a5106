"""Canned replies: texts with `{fields}` that are filled for each customer.

A field that has no value stays as it is written, and a text with one left in it is not sent: no
customer ever reads "Dear {name}".
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tui.domain.phone import pretty

_SECOND = 1_000
_LONGEST_NAME = 40
_LONGEST_BODY = 5_000
_LONGEST_VALUE = 500
_FIELD = re.compile(r"\{([^\W\d]\w{0,30})\}")

FIELDS = ("name", "first_name", "agent", "number", "date", "time", "account")
"""The fields that the desk fills by itself."""


class BadTemplate(ValueError):
    """A canned reply that cannot be kept; the text says why, on one line."""


@dataclass(frozen=True, slots=True)
class Template:
    """A canned reply."""

    name: str
    body: str
    uses: int = 0
    """How often it was taken, by anyone."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the desk's own, and what stands for it in every text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Blank:
    """A field that nobody has filled, where it stands in a text."""

    name: str
    start: int
    end: int

    @property
    def sign(self) -> str:
        """As it is written."""
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Situation:
    """For whom and by whom a canned reply is filled."""

    name: str
    """The customer's; empty when nobody gave one."""
    number: str
    agent: str
    account: str
    now: int
    """Ms UTC."""
    zone: tzinfo | None = None
    """Where the agent is; None: as the system says."""


def known_values(situation: Situation, own: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each field; the desk's `own` ones give way to the built-in ones."""
    here = datetime.fromtimestamp(situation.now / _SECOND, situation.zone)
    words = situation.name.split()
    return {name.casefold(): value for name, value in own.items()} | {
        "name": " ".join(words),
        "first_name": words[0] if words else "",
        "agent": situation.agent,
        "number": pretty(situation.number),
        "date": f"{here.day} {here:%B %Y}",
        "time": f"{here:%H:%M}",
        "account": situation.account,
    }


def fill(body: str, values: Mapping[str, str]) -> str:
    """Return `body` with its fields filled; those without a value stay as they are written."""
    return _FIELD.sub(lambda field: values.get(field[1].casefold(), "") or field[0], body)


def fields(body: str) -> tuple[str, ...]:
    """Return the names of the fields of `body`, each once, in order."""
    return tuple(dict.fromkeys(field[1].casefold() for field in _FIELD.finditer(body)))


def blanks(text: str) -> tuple[Blank, ...]:
    """Return the fields still to be filled in a text about to be sent."""
    return tuple(Blank(field[1], *field.span()) for field in _FIELD.finditer(text))


def checked(name: str, body: str) -> Template:
    """Return a canned reply fit to be kept; raises `BadTemplate`."""
    name = " ".join(name.split())
    if not name:
        raise BadTemplate("It needs a name")
    if len(name) > _LONGEST_NAME:
        raise BadTemplate(f"The name is longer than {_LONGEST_NAME} characters")
    if not body.strip():
        raise BadTemplate(f"{name} has no text")
    if len(body) > _LONGEST_BODY:
        raise BadTemplate(f"{name} is longer than {_LONGEST_BODY} characters")
    return Template(name, body.strip("\n"))


def checked_field(name: str, value: str) -> Field:
    """Return a field of the desk's own fit to be kept, its name in small letters.

    Raises `BadTemplate`.
    """
    name = name.strip().removeprefix("{").removesuffix("}").casefold()
    if not _FIELD.fullmatch(f"{{{name}}}"):
        raise BadTemplate("A name is one word of letters, digits and _, like opening_hours")
    if name in FIELDS:
        raise BadTemplate(f"{{{name}}} is filled by the desk itself")
    if not value.strip():
        raise BadTemplate(f"{{{name}}} has no value")
    if len(value) > _LONGEST_VALUE:
        raise BadTemplate(f"{{{name}}} is longer than {_LONGEST_VALUE} characters")
    return Field(name, value.strip())


def read_templates(text: str) -> tuple[list[Template], dict[str, str]]:
    """Return the canned replies and own fields of a TOML text; raises `BadTemplate`.

    The table `[templates]` has names and texts, `[values]` names and values of own fields.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTemplate(f"Not TOML: {error}") from None
    unknown = sorted(tables.keys() - {"templates", "values"})
    if unknown:
        raise BadTemplate(f"Unknown table {unknown[0]}: there are [templates] and [values]")
    found = [checked(name, body) for name, body in _texts(tables, "templates").items()]
    if not found:
        raise BadTemplate('No canned reply: write them as name = "text" under [templates]')
    return found, _texts(tables, "values")


def _texts(tables: Mapping[str, object], name: str) -> dict[str, str]:
    """Return a table of texts; raises `BadTemplate` for anything else in it."""
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise BadTemplate(f"{name} is not a table: begin it with [{name}]")
    for key, value in table.items():
        if not isinstance(value, str):
            raise BadTemplate(f"{name}.{key} is not a text: put it in quotes")
    return table
