"""Store saved views: lists of conversations with a name, shared by the team."""

import json
from dataclasses import dataclass
from typing import Any

from tui.domain.conversation import Order, State, View
from tui.domain.text import repair_text
from tui.store.connections import Row
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries

_KEYS = "123456789"
_EVERY_STATE = "all"


@dataclass(frozen=True, slots=True)
class SavedView:
    """View with its name."""

    name: str
    view: View
    key: str = ""
    """Digit that shows the view after `g`; empty if all nine are taken."""


class SavedViews:
    """Views that all agents share; "mine" means the agent who looks."""

    def __init__(self, database: Engine) -> None:
        """Create the saved views of one database."""
        self._database = database
        self._sql = queries("triage")

    async def list_views(self, agent: str) -> list[SavedView]:
        """Return every saved view as this agent sees it, by name.

        Args:
            agent: Name of the agent.
        """
        return _parse_views(await self._database.read(self._sql.views), agent)

    async def save_view(self, name: str, view: View, agent: str, *, key: str = "") -> SavedView:
        """Save a view under a name and replace an older one of that name.

        The view gets the key of the one it replaces, else `key`, else the first free one.

        Args:
            name: Name of the view.
            view: View to save.
            agent: Name of the agent.
            key: Preferred digit; empty for none.
        """
        name = " ".join(repair_text(name).split())

        def write_view(transaction: Transaction) -> SavedView:
            known = _parse_views(self._sql.views(transaction.connection), agent)
            saved = SavedView(name, view, _choose_key(name, known, key))
            self._sql.save_view(
                transaction.connection, name=name, agent=agent, content=_format_view(saved, agent)
            )
            return saved

        return await self._database.write(write_view)

    async def delete_view(self, name: str) -> None:
        """Delete a view; its conversations stay."""

        def drop_view(transaction: Transaction) -> None:
            self._sql.drop_view(transaction.connection, name=name)

        await self._database.write(drop_view)


def _choose_key(name: str, known: list[SavedView], preferred: str) -> str:
    """Return the digit for a view that is saved."""
    same = [saved.key for saved in known if saved.name == name]
    if same:
        return same[0]
    taken = {saved.key for saved in known}
    return next((key for key in (preferred, *_KEYS) if key and key not in taken), "")


def _format_view(saved: SavedView, agent: str) -> str:
    """Return a view as the JSON that is stored: "mine" without the agent's name."""
    view = saved.view
    mine = bool(view.assignee) and view.assignee == agent
    content = {
        "key": saved.key,
        "state": view.state.value if view.state is not None else _EVERY_STATE,
        "assignee": None if mine else view.assignee,
        "mine": mine,
        "label": view.label,
        "starred": view.starred,
        "failed": view.failed,
        "drafts": bool(view.drafts_of),
        "text": repair_text(view.text),
        "order": view.order.value,
    }
    return json.dumps(content)


def _parse_views(found: list[Row], agent: str) -> list[SavedView]:
    """Return the rows as this agent sees them."""
    return [_parse_view(row["name"], json.loads(row["content"]), agent) for row in found]


def _parse_view(name: str, content: dict[str, Any], agent: str) -> SavedView:
    """Return one view; fields that a later smsdesk adds are ignored."""
    view = View(
        state=_parse_state(content["state"]),
        assignee=agent if content["mine"] else content["assignee"],
        label=content["label"],
        starred=content["starred"],
        failed=content["failed"],
        drafts_of=agent if content["drafts"] else "",
        text=content["text"],
        order=Order(content["order"]),
    )
    return SavedView(name, view, content["key"])


def _parse_state(value: str | None) -> State | None:
    """Return the state of a list, None for every state; an empty value means open."""
    return None if value == _EVERY_STATE else State(value or State.OPEN)
