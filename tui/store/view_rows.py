"""Define a saved view, and its form in the database."""

import json
from collections.abc import Iterable
from typing import Any

from tui.domain.agent_level import Team
from tui.domain.conversation import Order, State, View
from tui.domain.record_type import record
from tui.domain.text import one_line, repair_text
from tui.store.connections import Row
from tui.store.errors import StoreError
from tui.store.team_rows import resolve_view

_LAST_KEY = 9


_EVERY_STATE = "all"


@record
class SavedView:
    """View with its name."""

    name: str
    view: View
    key: str = ""
    """Digit that shows the view after `g`; empty if all nine are taken."""
    owner: str = ""
    """Agent who alone sees it; empty if it is shared."""
    place: int = 0
    """Place in the list; the first nine are the keys."""
    answer_within: int = 0
    """Minutes of business time in which its conversations have to be answered; 0 for no target."""
    hours: str = ""
    """Business hours of the view, as `parse_hours` reads them; empty for those of the desk."""

    @property
    def identity(self) -> tuple[str, str]:
        """Return what no other view has: owner and name."""
        return self.owner, self.name


class ViewExistsError(StoreError):
    """Another view has this name already."""

    def __init__(self, name: str) -> None:
        """Create the error.

        Args:
            name: Name of the view.
        """
        super().__init__(
            f"There is a view {one_line(name, 30)} already: nothing was changed;"
            " choose another name"
        )


class ViewGoneError(StoreError):
    """The view was removed or renamed since it was read."""

    def __init__(self, name: str) -> None:
        """Create the error.

        Args:
            name: Name of the view.
        """
        super().__init__(
            f"The view {one_line(name, 30)} was renamed or removed meanwhile: nothing was changed"
        )


def get_key(place: int) -> str:
    """Return the digit of a place; empty beyond the ninth."""
    return str(place) if place <= _LAST_KEY else ""


def format_content(saved: SavedView, agent: str) -> str:
    """Return a view as the JSON that is stored: "mine" without the agent's name."""
    view = saved.view
    mine = bool(view.assignee) and view.assignee == agent
    content = {
        "state": view.state.value if view.state is not None else _EVERY_STATE,
        "only_state": view.only_state,
        "assignee": None if mine else view.assignee,
        "mine": mine,
        "team": view.team,
        "label": view.label,
        "account": view.account,
        "own": view.own,
        "starred": view.starred,
        "failed": view.failed,
        "unread": view.unread,
        "overdue": view.overdue,
        "drafts": bool(view.drafts_of),
        "mentions": bool(view.mentions_of),
        "text": repair_text(view.text),
        "order": view.order.value,
        "answer_within": 0 if mine else saved.answer_within,
        "hours": saved.hours,
    }
    return json.dumps(content)


def parse_views(found: list[Row], agent: str, teams: Iterable[Team]) -> list[SavedView]:
    """Return the rows as this agent sees them.

    A private view makes way for a shared one that was given its place later.
    """
    teams, taken, views = list(teams), set[int](), []
    for row in found:
        place = row["place"]
        while place in taken:
            place += 1
        taken.add(place)
        content = json.loads(row["content"])
        view = resolve_view(_parse_view(content, agent), agent, teams)
        target = content.get("answer_within", 0), content.get("hours", "")
        views.append(SavedView(row["name"], view, get_key(place), row["owner"], place, *target))
    return sorted(views, key=lambda saved: saved.place)


def _parse_view(content: dict[str, Any], agent: str) -> View:
    """Return one view; fields that a later smsdesk adds are ignored."""
    return View(
        state=_parse_state(content["state"]),
        assignee=agent if content["mine"] else content["assignee"],
        label=content["label"],
        starred=content["starred"],
        failed=content["failed"],
        drafts_of=agent if content["drafts"] else "",
        mentions_of=agent if content.get("mentions") else "",
        text=content["text"],
        order=Order(content["order"]),
        account=content.get("account", ""),
        own=content.get("own", ""),
        unread=content.get("unread", False),
        overdue=content.get("overdue", False),
        team=content.get("team", ""),
        only_state=content.get("only_state", False),
    )


def _parse_state(value: str | None) -> State | None:
    """Return the state of a list, None for every state; an empty value means open."""
    return None if value == _EVERY_STATE else State(value or State.OPEN)
