"""How the accounts are doing, and who serves them: states, cursors, leases, live processes."""

import functools
from collections.abc import Sequence

from tui.clock import Clock
from tui.domain.account import AccountState, Health
from tui.domain.change import Subject
from tui.store import rows
from tui.store.database import Database, Transaction
from tui.store.queries import queries


class Accounts:
    """What sync writes about the accounts and every screen reads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("desk")

    async def states(self) -> dict[str, AccountState]:
        """The last known state of every account that was ever served."""
        found = await self._database.read(self._sql.account_states)
        return {row["name"]: rows.account_state(row) for row in found}

    async def save_health(
        self,
        name: str,
        health: Health,
        *,
        line: str = "",
        retry_at: int | None = None,
        ok_at: int | None = None,
        event_at: int | None = None,
        latency_ms: int = 0,
        holder: str = "",
    ) -> None:
        """Write how an account is doing; times left out stay as they were."""

        def work(transaction: Transaction) -> None:
            self._sql.save_health(
                transaction.connection,
                name=name,
                health=health,
                line=line,
                retry_at=retry_at,
                ok_at=ok_at,
                event_at=event_at,
                latency_ms=latency_ms,
                holder=holder,
            )
            transaction.changed(Subject.ACCOUNT)

        await self._database.write(work)

    async def save_event(self, name: str) -> None:
        """Something was pushed by the account's provider just now."""

        def work(transaction: Transaction) -> None:
            self._sql.save_event(transaction.connection, name=name, now=self._clock.now())
            transaction.changed(Subject.ACCOUNT)

        await self._database.write(work)

    async def save_balance(self, name: str, balance: str, amount: float | None = None) -> None:
        """Write what is left on an account: in words, and as a number where there is one."""

        def work(transaction: Transaction) -> None:
            self._sql.save_balance(
                transaction.connection,
                name=name,
                balance=balance,
                amount=amount,
                now=self._clock.now(),
            )
            transaction.changed(Subject.ACCOUNT)

        await self._database.write(work)

    async def balance_at(self, name: str) -> int:
        """When the balance was last learnt (ms UTC); 0 for never."""
        row = await self._database.read(functools.partial(self._sql.account_state, name=name))
        return row["balance_at"] if row else 0

    async def poke(self, name: str) -> None:
        """Someone asks that the account be tried again at once, whichever process serves it."""

        def work(transaction: Transaction) -> None:
            self._sql.poke(transaction.connection, name=name, now=self._clock.now())
            transaction.changed(Subject.ACCOUNT)

        await self._database.write(work)

    async def pokes(self) -> dict[str, int]:
        """When each account was last asked to be tried again (ms UTC)."""
        found = await self._database.read(self._sql.pokes)
        return {row["name"]: row["poked_at"] for row in found}

    async def cursors(self, name: str) -> tuple[str, str]:
        """Where polling of replies and of receipts goes on."""
        row = await self._database.read(functools.partial(self._sql.account_state, name=name))
        return (row["reply_cursor"], row["receipt_cursor"]) if row else ("", "")

    async def save_reply_cursor(self, name: str, cursor: str) -> None:
        """Where polling of replies goes on."""
        query = functools.partial(self._sql.save_reply_cursor, name=name, cursor=cursor)
        await self._database.write(lambda t: query(t.connection))

    async def save_receipt_cursor(self, name: str, cursor: str) -> None:
        """Where polling of receipts goes on."""
        query = functools.partial(self._sql.save_receipt_cursor, name=name, cursor=cursor)
        await self._database.write(lambda t: query(t.connection))


class Leases:
    """One process at a time serves an account."""

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        """`owner` names this process, unlike any other that ever was."""
        self._database = database
        self._clock = clock
        self._sql = queries("desk")
        self.owner = owner

    async def take(self, name: str, *, lasts_ms: int, preferred: bool) -> bool:
        """Take or renew a lease; False while another process holds it.

        A preferred process (the service) takes it from one that is not.
        """
        now = self._clock.now()
        values = {
            "name": name,
            "owner": self.owner,
            "preferred": int(preferred),
            "now": now,
            "expires_at": now + lasts_ms,
        }

        def work(transaction: Transaction) -> bool:
            return bool(self._sql.take_lease(transaction.connection, **values))

        return await self._database.write(work)

    async def drop(self, name: str) -> None:
        """Give a lease back, so that another need not wait for its end."""
        query = functools.partial(self._sql.drop_lease, name=name, owner=self.owner)
        await self._database.write(lambda t: query(t.connection))

    async def holder(self, name: str) -> str:
        """Who holds a lease now; empty for nobody."""
        query = functools.partial(self._sql.holder, name=name, now=self._clock.now())
        return await self._database.read(query) or ""

    async def beat(self, agent: str, kind: str) -> None:
        """Say that this process is alive, so that its claims stay its own."""
        await self.renew(agent, kind, (), lasts_ms=0, preferred=False)

    async def renew(
        self, agent: str, kind: str, names: Sequence[str], *, lasts_ms: int, preferred: bool
    ) -> frozenset[str]:
        """Say that this process is alive, and take or renew these leases; the ones it now holds."""
        now = self._clock.now()
        values = {
            "owner": self.owner,
            "preferred": int(preferred),
            "now": now,
            "expires_at": now + lasts_ms,
        }

        def work(transaction: Transaction) -> frozenset[str]:
            connection = transaction.connection
            self._sql.save_process(connection, owner=self.owner, agent=agent, kind=kind, now=now)
            take = self._sql.take_lease
            return frozenset(name for name in names if take(connection, name=name, **values))

        return await self._database.write(work)

    async def leave(self) -> None:
        """This process ends in good order, and gives back what it held."""

        def work(transaction: Transaction) -> None:
            self._sql.drop_leases(transaction.connection, owner=self.owner)
            self._sql.drop_process(transaction.connection, owner=self.owner)
            self._sql.drop_presence(transaction.connection, owner=self.owner)
            transaction.changed(Subject.PRESENCE)

        await self._database.write(work)
