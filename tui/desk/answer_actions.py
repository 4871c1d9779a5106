"""Set within which time a view is answered, and when the desk is open; each can be undone."""

from tui.desk.permissions import require_lead
from tui.desk.view_actions import VIEWS_SCOPE, RememberUndo
from tui.domain.answer_targets import InvalidTargetError, format_target, parse_target
from tui.domain.business_hours import describe_hours, parse_desk_hours
from tui.domain.text import one_line
from tui.store.store import Store
from tui.store.view_rows import SavedView

ANSWER_TIMES = "times for an answer"
BUSINESS_HOURS = "business hours"
"""What only leads change here, as a refusal names it."""


class AnswerActions:
    """Changes of the answer targets by one agent; the methods return the confirmation."""

    def __init__(self, store: Store, agent: str, remember_undo: RememberUndo) -> None:
        """Create the actions.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
            remember_undo: Remembers how to undo an action.
        """
        self._store = store
        self._agent = agent
        self._remember_undo = remember_undo

    async def set_target(self, saved: SavedView, typed: str) -> str:
        """Set within which time the conversations of a view have to be answered.

        Args:
            saved: View as it is.
            typed: "30m", "4h, mon-fri 9-17", or "off".

        Raises:
            InvalidTargetError: The text is no target, or the view can have none.
            InvalidHoursError: The hours cannot be understood.
            NotAllowedError: Only leads may.
        """
        minutes, hours = parse_target(typed)
        await require_lead(self._store, self._agent, ANSWER_TIMES)
        view, targets, agent = saved.view, self._store.answer_targets, self._agent
        if saved.owner or view.assignee == agent or view.drafts_of or view.mentions_of:
            raise InvalidTargetError(
                f"{one_line(saved.name, 30)} is another list for each agent: no time is set"
            )
        await targets.set_target(saved, minutes, hours, agent)

        async def restore_target() -> str:
            await targets.set_target(saved, saved.answer_within, saved.hours, agent)
            return f"Undone: the time for an answer in {one_line(saved.name, 30)} is as it was"

        target = format_target(minutes, hours)
        text = f"{one_line(saved.name, 30)}: " + (
            f"answered within {target}" if minutes else "no time for an answer"
        )
        return self._remember_undo(text, restore_target, VIEWS_SCOPE)

    async def set_hours(self, typed: str) -> str:
        """Set when the desk is open, its holidays and its time zone.

        Args:
            typed: "mon-fri 9-17; 2026-12-25; Europe/Warsaw", or "always".

        Raises:
            InvalidHoursError: A part cannot be understood.
            NotAllowedError: Only leads may.
        """
        hours = parse_desk_hours(typed)
        await require_lead(self._store, self._agent, BUSINESS_HOURS)
        targets, agent = self._store.answer_targets, self._agent
        before = await targets.get_hours()
        await targets.save_hours(hours, agent)

        async def restore_hours() -> str:
            await targets.save_hours(before, agent)
            return f"Undone: the desk {describe_hours(before)}"

        text = f"The desk {describe_hours(hours)}"
        return self._remember_undo(text, restore_hours, VIEWS_SCOPE)
