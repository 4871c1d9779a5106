"""Saved views: lists of conversations that the desk has given a name."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from tui.domain.conversation import Order, State, View
from tui.domain.text import repair
from tui.store.database import Database, Transaction
from tui.store.queries import queries

_KEYS = "123456789"
_EVERY_STATE = "all"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view with its name."""

    name: str
    view: View
    key: str = ""
    """The digit that shows it after `g`; empty once all nine are given away."""


class SavedViews:
    """The views that all agents of the desk share; "mine" is whoever looks."""

    def __init__(self, database: Database) -> None:
        """Keep what every call needs."""
        self._database = database
        self._sql = queries("triage")

    async def all(self, agent: str) -> list[SavedView]:
        """Every saved view as this agent sees it, by name."""
        return _read(await self._database.read(self._sql.views), agent)

    async def save(self, name: str, view: View, agent: str, *, key: str = "") -> SavedView:
        """Keep a view under a name, in the place of an older one of that name.

        It keeps that one's key, else takes `key`, else the first free one.
        """
        name = " ".join(repair(name).split())

        def work(transaction: Transaction) -> SavedView:
            known = _read(self._sql.views(transaction.connection), agent)
            saved = SavedView(name, view, _key_for(name, known, key))
            self._sql.save_view(
                transaction.connection, name=name, agent=agent, content=_written(saved, agent)
            )
            return saved

        return await self._database.write(work)

    async def drop(self, name: str) -> None:
        """Forget a view; the conversations stay."""

        def work(transaction: Transaction) -> None:
            self._sql.drop_view(transaction.connection, name=name)

        await self._database.write(work)


def _key_for(name: str, known: list[SavedView], wanted: str) -> str:
    """The digit of a view that is saved."""
    same = [saved.key for saved in known if saved.name == name]
    if same:
        return same[0]
    taken = {saved.key for saved in known}
    return next((key for key in (wanted, *_KEYS) if key and key not in taken), "")


def _written(saved: SavedView, agent: str) -> str:
    """A view as the table keeps it: "mine" without saying whose."""
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
        "text": repair(view.text),
        "order": view.order.value,
    }
    return json.dumps(content)


def _read(found: list[sqlite3.Row], agent: str) -> list[SavedView]:
    """The rows as this agent sees them."""
    return [_saved(row["name"], json.loads(row["content"]), agent) for row in found]


def _saved(name: str, content: dict[str, Any], agent: str) -> SavedView:
    """One view; what a later smsdesk adds to it is left alone."""
    view = View(
        state=_state(content["state"]),
        assignee=agent if content["mine"] else content["assignee"],
        label=content["label"],
        starred=content["starred"],
        failed=content["failed"],
        drafts_of=agent if content["drafts"] else "",
        text=content["text"],
        order=Order(content["order"]),
    )
    return SavedView(name, view, content["key"])


def _state(word: str | None) -> State | None:
    """The state of a list, None for every state; what says nothing means the open ones."""
    return None if word == _EVERY_STATE else State(word or State.OPEN)
