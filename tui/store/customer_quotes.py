"""Find a customer in texts that belong to no conversation: lines of machines, texts of the team.

What machines wrote, such as an error of a provider, loses the number and the name. What agents
wrote for all, such as a canned reply, stays: only they know what it is without the name.
"""

import json
import re
from collections.abc import Collection, Iterator

from tui.domain.national_numbers import build_number_pattern
from tui.domain.text import one_line
from tui.store.connections import Connection
from tui.store.queries import queries
from tui.store.target_rows import ERASED_LINE

_MASK = "…"
_SHORTEST_NAME = 3
"""Characters of a name; shorter ones are parts of too many texts."""


class CustomerPattern:
    """What finds a customer in a text: the numbers in any form, and the whole names."""

    def __init__(self, addresses: Collection[str], names: Collection[str] = ()) -> None:
        """Create the pattern.

        Args:
            addresses: Every address and key of the customer.
            names: Names of the customer.
        """
        self._numbers = build_number_pattern(addresses)
        words = [re.escape(name) for name in names if len(name) >= _SHORTEST_NAME]
        self._name_text = rf"(?<!\w)(?:{'|'.join(words) or '(?!)'})(?!\w)"
        self._names = re.compile(self._name_text, re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Return whether a text names the customer."""
        return bool(self._numbers.search(text.encode()) or self._names.search(text))

    def is_in_bytes(self, data: bytes) -> bool:
        """Return whether a payload has one of the numbers; names are not looked for."""
        return bool(self._numbers.search(data))

    def list_patterns(self) -> "list[re.Pattern[bytes]]":
        """Return what finds the numbers, and the names as they were written, in a file."""
        return [self._numbers, re.compile(self._name_text.encode())]

    def mask(self, text: str) -> str:
        """Return a text with a mark in the place of the numbers and names."""
        masked = self._numbers.sub(_MASK.encode(), text.encode()).decode(errors="replace")
        return self._names.sub(_MASK, masked)


def mask_lines(connection: Connection, pattern: CustomerPattern) -> None:
    """Erase a customer from texts to many, and from what providers, rules and hooks reported.

    Args:
        connection: Connection of the caller's transaction.
        pattern: What finds the customer.
    """
    sql = queries("erasure")
    for row in sql.account_lines(connection):
        line, reason = pattern.mask(row["line"]), pattern.mask(row["credit_reason"])
        if (line, reason) != (row["line"], row["credit_reason"]):
            sql.set_account_line(connection, name=row["name"], line=line, reason=reason)
    for row in sql.alarm_lines(connection):
        if pattern.is_in(row["text"]):
            names = {"kind": row["kind"], "account": row["account"]}
            sql.set_alarm_line(connection, **names, text=pattern.mask(row["text"]))
    for row in sql.channel_lines(connection):
        if pattern.is_in(row["line"]):
            line = pattern.mask(row["line"])
            sql.set_channel_line(connection, channel=row["channel"], line=line)
    for row in queries("rules").all(connection):
        if pattern.is_in(row["problem"]):
            problem = pattern.mask(row["problem"])
            sql.set_problem_line(connection, id=row["id"], problem=problem)
    # No one can change a text to many once it was confirmed.
    for row in sql.bulk_bodies(connection):
        if pattern.is_in(row["body"]):
            sql.set_bulk_body(connection, id=row["id"], body=pattern.mask(row["body"]))
    # A hook prints what it likes, also words of the customer: none of it is kept.
    sql.erase_hook_lines(connection, line=ERASED_LINE)
    sql.erase_target_lines(connection, line=ERASED_LINE)


def list_shared_texts(connection: Connection, pattern: CustomerPattern) -> tuple[str, ...]:
    """Return what agents share and what names a customer: "canned reply vip", "view Ana".

    Args:
        connection: Connection of the caller.
        pattern: What finds the customer.
    """
    return tuple(
        f"{kind} {one_line(name, 30)}"
        for kind, name, text in _iterate_shared_texts(connection)
        if pattern.is_in(f"{name}\n{text}")
    )


def _iterate_shared_texts(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and content of all that agents wrote for more than one customer."""
    sql = queries("erasure")
    for row in sql.shared_replies(connection):
        yield "canned reply", row["name"], f"{row['body']}\n{row['actions']}"
    for row in queries("writing").template_values(connection):
        yield "own field", row["name"], row["value"]
    for row in queries("team").all_views(connection):
        yield "view", row["name"], _read_json(row["content"])
    for row in queries("rules").all(connection):
        yield "rule", row["name"], _read_json(row["content"])


def _read_json(content: str) -> str:
    """Return JSON with its characters as they are, not as escapes."""
    return json.dumps(json.loads(content), ensure_ascii=False)
