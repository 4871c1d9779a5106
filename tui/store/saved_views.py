"""Store saved views: lists of conversations with a name, shared by the team or private."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from tui.domain.change import VIEWS_CHANGED
from tui.domain.conversation import View
from tui.domain.text import repair_text
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.lead_rights import require_lead
from tui.store.queries import queries
from tui.store.team_rows import read_teams
from tui.store.view_rows import (
    SavedView,
    ViewExistsError,
    ViewGoneError,
    format_content,
    get_key,
    parse_views,
)

T = TypeVar("T")
SHARED_VIEWS = "shared views"
"""What only leads change, as a refusal names it."""


class SavedViews:
    """Views that all agents share, and those of one agent; "mine" means the agent who looks."""

    def __init__(self, database: Engine) -> None:
        """Create the saved views of one database."""
        self._database = database
        self._sql = queries("team")

    async def list_views(self, agent: str) -> list[SavedView]:
        """Return every saved view that this agent sees, in the order of their keys.

        Args:
            agent: Name of the agent.
        """
        return await self._database.read(lambda connection: read_views(connection, agent))

    async def save_view(
        self, name: str, view: View, agent: str, *, key: str = "", private: bool = False
    ) -> SavedView:
        """Save a view under a name and replace an older one of that name.

        The view gets the key of the one it replaces, else `key`, else the first free one.

        Args:
            name: Name of the view.
            view: View to save.
            agent: Name of the agent.
            key: Preferred digit; empty for none.
            private: Whether only this agent sees it.
        """
        name = " ".join(repair_text(name).split())
        owner = agent if private else ""

        def write_view(transaction: Transaction) -> SavedView:
            known = read_views(transaction.connection, agent)
            place = _choose_place(name, owner, known, int(key or 0))
            old = next((one for one in known if one.identity == (owner, name)), None)
            target = (old.answer_within, old.hours) if old is not None else (0, "")
            saved = SavedView(name, view, get_key(place), owner, place, *target)
            self._save(transaction, saved, agent)
            return saved

        return await self._write(write_view)

    async def restore_view(
        self, saved: SavedView, agent: str, notified: Iterable[str] = ()
    ) -> None:
        """Store a removed view as it was, at its place.

        Args:
            saved: View as it was.
            agent: Name of the agent.
            notified: Agents who were notified of its texts.

        Raises:
            ViewExistsError: Another view has got the name meanwhile.
        """

        def write_view(transaction: Transaction) -> None:
            if self._find_stored(transaction, saved) is not None:
                raise ViewExistsError(saved.name)
            self._save(transaction, saved, agent)
            for name in notified:
                self._sql.add_notice(
                    transaction.connection, agent=name, owner=saved.owner, name=saved.name
                )

        await self._write(write_view)

    async def change_view(
        self,
        saved: SavedView,
        agent: str,
        *,
        view: View | None = None,
        target: tuple[int, str] | None = None,
    ) -> None:
        """Change what a view shows, or within which time it is answered; the rest stays.

        Args:
            saved: View as the agent saw it.
            agent: Name of the agent.
            view: What it shows from now on; None keeps it.
            target: Minutes, and hours of its own; None keeps them.

        Raises:
            ViewGoneError: The view was renamed or removed since.
        """

        def write_change(transaction: Transaction) -> None:
            stored = self._get_stored(transaction, saved)
            minutes, hours = (stored.answer_within, stored.hours) if target is None else target
            changed = replace(stored, view=view or stored.view, answer_within=minutes, hours=hours)
            self._save(transaction, changed, agent)

        await self._write(write_change)

    async def delete_view(self, name: str, owner: str = "") -> tuple[str, ...]:
        """Delete a view; its conversations stay. Return who was notified of its texts.

        Args:
            name: Name of the view.
            owner: Agent whose private view it is; empty for a shared one.

        Raises:
            ViewGoneError: The view was renamed or removed before.
        """

        def drop_view(transaction: Transaction) -> tuple[str, ...]:
            connection = transaction.connection
            self._get_stored(transaction, SavedView(name, View(), owner=owner))
            found = self._sql.noticed_by(connection, name=name, owner=owner)
            notified = tuple(row["agent"] for row in found)
            self._sql.drop_view(connection, name=name, owner=owner)
            self._sql.drop_notices(connection, name=name, owner=owner)
            return notified

        return await self._write(drop_view)

    async def rename_view(self, saved: SavedView, name: str, owner: str | None = None) -> SavedView:
        """Give a view another name or owner; its place and who is notified stay.

        Args:
            saved: View as it is.
            name: New name.
            owner: New owner; None keeps it, "" shares it.

        Raises:
            ViewExistsError: Another view has the name.
            ViewGoneError: The view was renamed or removed since.
        """
        name = " ".join(repair_text(name).split()) or saved.name
        new_owner = saved.owner if owner is None else owner
        renamed = replace(saved, name=name, owner=new_owner)

        def write_name(transaction: Transaction) -> SavedView:
            connection = transaction.connection
            self._get_stored(transaction, saved)
            if renamed.identity != saved.identity and self._find_stored(transaction, renamed):
                raise ViewExistsError(name)
            values = {
                "owner": saved.owner,
                "name": saved.name,
                "new_owner": new_owner,
                "new_name": name,
            }
            self._sql.rename_view(connection, **values)
            self._sql.rename_notices(connection, **values)
            return renamed

        return await self._write(write_name)

    async def move_view(self, saved: SavedView, agent: str, step: int) -> bool:
        """Swap a view with its neighbour in the list; return whether there is one.

        Args:
            saved: View to move.
            agent: Agent whose list it is.
            step: -1 moves it up, 1 down.

        Raises:
            ViewGoneError: The view was renamed or removed since.
            OnlyLeads: A shared view would get another key.
        """

        def write_places(transaction: Transaction) -> bool:
            self._get_stored(transaction, saved)
            known = read_views(transaction.connection, agent)
            place = [one.identity for one in known].index(saved.identity)
            if not 0 <= place + step < len(known):
                return False
            one, other = known[place], known[place + step]
            for moved, number in ((one, other.place), (other, one.place)):
                if not moved.owner:  # also when a private one passes a shared one
                    require_lead(transaction.connection, agent, SHARED_VIEWS)
                self._sql.place_view(
                    transaction.connection, owner=moved.owner, name=moved.name, place=number
                )
            return True

        return await self._write(write_places)

    async def list_notices(self, agent: str) -> frozenset[tuple[str, str]]:
        """Return the views of which an agent wants to be notified, as owner and name."""
        found = await self._database.read(
            lambda connection: self._sql.notices(connection, agent=agent)
        )
        return frozenset((row["owner"], row["name"]) for row in found)

    async def set_notice(self, saved: SavedView, agent: str, on: bool) -> None:
        """Record whether an agent wants to be notified of the new texts of a view.

        Args:
            saved: View.
            agent: Name of the agent.
            on: Whether to notify.

        Raises:
            ViewGoneError: The view was renamed or removed since.
        """
        query = self._sql.add_notice if on else self._sql.drop_notice

        def write_notice(transaction: Transaction) -> None:
            self._get_stored(transaction, saved)
            query(transaction.connection, agent=agent, owner=saved.owner, name=saved.name)

        await self._write(write_notice)

    def _find_stored(self, transaction: Transaction, saved: SavedView) -> SavedView | None:
        """Return the view with this owner and name as it is stored, or None."""
        known = read_views(transaction.connection, saved.owner)
        return next((one for one in known if one.identity == saved.identity), None)

    def _get_stored(self, transaction: Transaction, saved: SavedView) -> SavedView:
        """Return the view with this owner and name as it is stored, or raise `ViewGoneError`."""
        stored = self._find_stored(transaction, saved)
        if stored is None:
            raise ViewGoneError(saved.name)
        return stored

    def _save(self, transaction: Transaction, saved: SavedView, agent: str) -> None:
        """Write a view."""
        content = format_content(saved, agent)
        self._sql.save_view(
            transaction.connection,
            owner=saved.owner,
            name=saved.name,
            agent=agent,
            content=content,
            place=saved.place,
        )

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        """Run a change in a transaction and notify all desks."""

        def write_and_notify(transaction: Transaction) -> T:
            transaction.mark_changed(VIEWS_CHANGED.subject, VIEWS_CHANGED.id)
            return work(transaction)

        return await self._database.write(write_and_notify)


def read_views(connection: Connection, agent: str) -> list[SavedView]:
    """Return the views that an agent sees, in the order of their keys.

    Args:
        connection: Connection to read from.
        agent: Name of the agent.
    """
    found = queries("team").views(connection, agent=agent)
    return parse_views(found, agent, read_teams(connection)) if found else []


def _choose_place(name: str, owner: str, known: list[SavedView], preferred: int) -> int:
    """Return the place of a view that is saved."""
    same = [saved.place for saved in known if saved.identity == (owner, name)]
    if same:
        return same[0]
    taken = {saved.place for saved in known}
    if preferred and preferred not in taken:
        return preferred
    return next(place for place in range(1, len(taken) + 2) if place not in taken)
