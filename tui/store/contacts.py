"""Contacts from elsewhere: names and notes for numbers, whether or not they have written yet."""

import functools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from tui.clock import Clock
from tui.domain.phone import parse_address
from tui.domain.text import repair
from tui.store.database import Database, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, folded

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody, as an address book knows them: outside text."""

    address: str
    """Number, short code or name, in any notation."""
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    contacts: int = 0
    renamed: int = 0
    """Conversations that carry another name now."""


class Contacts:
    """The address book of the desk."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("contacts")

    async def get(self, party: str) -> Contact | None:
        """What is known of a conversation's party."""
        row = await self._database.read(functools.partial(self._sql.contact, party=party))
        return Contact(row["party"], row["name"], row["note"]) if row else None

    async def add(
        self,
        contacts: Iterable[Contact],
        *,
        region: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Imported:
        """Store contacts, a transaction for every few hundred; existing conversations follow.

        An empty name or note leaves what is there. `region` (ISO) is where numbers without a
        country code are at home; `progress` is told how many are on disk. Raises `StoreError`:
        what was reported before stays, and importing again is harmless.
        """
        waiting = iter(contacts)
        done = renamed = 0
        while batch := list(islice(waiting, _BATCH)):
            work = functools.partial(self._add, contacts=batch, region=region)
            renamed += await self._database.write(work)
            done += len(batch)
            if progress is not None:
                progress(done)
        return Imported(done, renamed)

    def _add(
        self, transaction: Transaction, contacts: Sequence[Contact], region: str | None
    ) -> int:
        """One batch; how many conversations it renames."""
        summaries = Summaries(transaction, self._rng)
        renamed = 0
        for contact in contacts:
            party = parse_address(repair(contact.address), region).key
            name = repair(contact.name).strip()
            self._sql.save(
                transaction.connection,
                party=party,
                name=name,
                note=repair(contact.note).strip(),
                now=self._clock.now(),
            )
            renamed += self._rename(transaction, summaries, party, name)
        summaries.flush()
        return renamed

    def _rename(
        self, transaction: Transaction, summaries: Summaries, party: str, name: str
    ) -> bool:
        """Let the party's conversation carry the name; whether it changes."""
        identity = self._sql.conversation(transaction.connection, party=party) if name else None
        if identity is None:
            return False
        summary = summaries.get(identity)
        if summary["name"] == name:
            return False
        summary["name"] = name
        summary["folded"] = folded(name, summary["address"])
        return True
