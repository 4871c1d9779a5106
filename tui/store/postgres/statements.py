"""Translate the statements of the SQL files for the driver: values by place, no hints."""

import functools
import re
from typing import NamedTuple

_PART = re.compile(
    r"(?P<kept>'(?:[^']|'')*'|--[^\n]*|::)"  # a colon in these names no value
    r"|:(?P<value>[a-z_]\w*)"
    r"|(?P<hint>\s+(?:not\s+indexed|indexed\s+by\s+\w+))"  # the planner has its own
)


class ServerStatement(NamedTuple):
    """Statement as the driver takes it."""

    sql: bytes
    """With `$1`, `$2`… in place of the values."""
    names: tuple[str, ...]
    """Names of the values in their order."""


@functools.cache
def translate_statement(sql: str) -> ServerStatement:
    """Return a statement of a SQL file as the driver takes it.

    Args:
        sql: Statement with `:name` for each value.
    """
    names: list[str] = []

    def replace(part: re.Match[str]) -> str:
        """Return what stands in place of a part of the statement."""
        if part["hint"]:
            return ""
        name = part["value"]
        if name is None:
            return part[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    text = _PART.sub(replace, sql)
    return ServerStatement(text.encode(), tuple(names))
