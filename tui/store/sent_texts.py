"""Find out whether the same text goes to a customer twice.

The id of a message grows with its time, so the texts of a day are a short range of the index by
which a conversation is read. Nothing is computed or stored when texts arrive.
"""

import functools
import json
from collections.abc import Sequence

from tui.clock import DAY
from tui.domain.ids import smallest_id_at
from tui.domain.message import SentText
from tui.domain.record_type import record
from tui.domain.typed_text import normalize_sent_text
from tui.store.connections import Connection
from tui.store.engine import Engine
from tui.store.queries import queries

REPEAT_MS = DAY
"""Time within which the same text counts as sent twice."""


@record
class PlannedText:
    """A text that is about to be sent."""

    conversation_id: int
    text: str
    send_at: int
    """When it is sent (ms UTC)."""
    subject: str = ""
    media: tuple[str, ...] = ()
    retry_of: int | None = None
    """Message that it replaces, which is no reason not to send it."""


def find_same_text(connection: Connection, planned: PlannedText) -> SentText | None:
    """Return the newest text like this one within a day of it, or None.

    Those that failed or were cancelled do not count.

    Args:
        connection: Connection to read from.
        planned: Text that is about to be sent.
    """
    since = planned.send_at - REPEAT_MS
    found = queries("bulk_texts").texts_between(
        connection,
        conversation_id=planned.conversation_id,
        first_id=smallest_id_at(max(0, since)),
        since=since,
        until=planned.send_at + REPEAT_MS,
    )
    if not found:
        return None
    text, subject = normalize_sent_text(planned.text), normalize_sent_text(planned.subject)
    for row in found:
        is_same = (
            row["id"] != planned.retry_of
            and tuple(json.loads(row["media"])) == planned.media
            and normalize_sent_text(row["body"]) == text
            and normalize_sent_text(row["subject"]) == subject
        )
        if is_same:
            return SentText(row["id"], row["at"], row["agent"])
    return None


class SentTexts:
    """Look for texts that were sent before."""

    def __init__(self, database: Engine) -> None:
        """Create the look-up in one database."""
        self._database = database

    async def find_same(self, planned: PlannedText) -> SentText | None:
        """Return the newest text like this one within a day of it, or None."""
        return await self._database.read(functools.partial(find_same_text, planned=planned))

    async def find_all_same(self, planned: Sequence[PlannedText]) -> list[SentText | None]:
        """Return for each text the newest one like it within a day, or None.

        Args:
            planned: Texts that are about to be sent.
        """

        def find_each(connection: Connection) -> list[SentText | None]:
            return [find_same_text(connection, one) for one in planned]

        return await self._database.read(find_each)
