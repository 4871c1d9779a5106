"""Store saved views: lists of conversations with a name, shared by the team or private."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tui.domain.change import VIEWS_CHANGED
from tui.domain.conversation import View
from tui.domain.text import repair_text
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.team import read_teams
from tui.store.view_rows import SavedView, format_content, get_key, parse_views

T = TypeVar("T")


class ViewExistsError(ValueError):
    """Another view has this name already."""


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

    async def restore_view(self, saved: SavedView, agent: str) -> None:
        """Store a view as it was, at its place.

        Args:
            saved: View as it was.
            agent: Name of the agent.
        """
        await self._write(lambda transaction: self._save(transaction, saved, agent))

    async def delete_view(self, name: str, owner: str = "") -> None:
        """Delete a view; its conversations stay.

        Args:
            name: Name of the view.
            owner: Agent whose private view it is; empty for a shared one.
        """

        def drop_view(transaction: Transaction) -> None:
            self._sql.drop_view(transaction.connection, name=name, owner=owner)
            self._sql.drop_notices(transaction.connection, name=name, owner=owner)

        await self._write(drop_view)

    async def rename_view(self, saved: SavedView, name: str, owner: str | None = None) -> SavedView:
        """Give a view another name or owner; its place and who is notified stay.

        Args:
            saved: View as it is.
            name: New name.
            owner: New owner; None keeps it, "" shares it.

        Raises:
            ViewExistsError: Another view has the name.
        """
        name = " ".join(repair_text(name).split()) or saved.name
        new_owner = saved.owner if owner is None else owner
        renamed = replace(saved, name=name, owner=new_owner)

        def write_name(transaction: Transaction) -> SavedView:
            connection = transaction.connection
            taken = {
                row["name"]
                for row in self._sql.views(connection, agent=new_owner)
                if row["owner"] == new_owner
            }
            if renamed.identity != saved.identity and name in taken:
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
        """

        def write_places(transaction: Transaction) -> bool:
            known = read_views(transaction.connection, agent)
            names = [one.identity for one in known]
            place = names.index(saved.identity) if saved.identity in names else len(known)
            if place == len(known) or not 0 <= place + step < len(known):
                return False
            one, other = known[place], known[place + step]
            for moved, number in ((one, other.place), (other, one.place)):
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
        """
        query = self._sql.add_notice if on else self._sql.drop_notice
        await self._write(
            lambda t: query(t.connection, agent=agent, owner=saved.owner, name=saved.name)
        )

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
