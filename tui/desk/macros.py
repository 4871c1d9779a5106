"""Run macros: canned replies with actions. The text is sent through all checks, then they act.

A macro is one thing for the agent: one preview, one confirmation and one undo.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from tui.desk.actions import ConversationActions
from tui.desk.assigning import resolve_assignee
from tui.desk.context import AppContext
from tui.desk.departures import describe_change_since
from tui.desk.format import format_title
from tui.desk.undo_stack import format_rest_undone, format_undone
from tui.domain.action_list import (
    Action,
    ActionKind,
    ConversationChange,
    parse_actions,
    plan_change,
)
from tui.domain.agent_level import UnknownNameError
from tui.domain.conversation import Conversation
from tui.domain.date_input import format_moment
from tui.domain.mentions import find_mentions
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.domain.sms import count_parts
from tui.domain.templates import MACRO_KINDS, CannedReply, fill_fields, find_open_fields
from tui.domain.text import format_count, one_line
from tui.store.errors import StoreError
from tui.store.store import Store

NO_MACROS = "There are no macros yet: g t adds actions to a canned reply"
NO_MACROS_HERE = (
    "There are no macros yet. The list of canned replies on the screen (g t) adds actions to one; "
    "smsdesk canned import reads them from a file."
)
"""For line mode, which has no such list."""
DRAFT_FIRST = "Your own text here comes first: send it or empty it (r opens it), then press again"


@record
class Macro:
    """A canned reply with actions, filled for one customer at one moment."""

    template: CannedReply
    text: str
    """Text to send; empty for none."""
    actions: tuple[Action, ...]
    change: ConversationChange
    moment: str = ""
    """End of a snooze as people read it."""

    @property
    def name(self) -> str:
        """Return its name on one line."""
        return one_line(self.template.name, 40)

    def find_problem(self, rows: Sequence[Conversation], contact_key: str = "") -> str:
        """Return why it cannot run on these conversations, or "".

        Args:
            rows: Conversations that it is to act on.
            contact_key: Key that edits the contact, and so the values of fields; empty for none.
        """
        if not self.text:
            return ""
        if len(rows) != 1:
            return f"{self.name} sends a text, to one customer at a time: Esc clears the selection"
        names = dict.fromkeys(field.placeholder for field in find_open_fields(self.text))
        if names:
            listed = one_line(", ".join(names), 60)
            problem = f"{self.name} did nothing: no value for {listed}"
            return f"{problem} · {contact_key} edits the contact" if contact_key else problem
        return ""

    def describe(self, rows: Sequence[Conversation]) -> str:
        """Return what it is about to do: "thanks: sends “…” (1 part) to Ana, closes it".

        Args:
            rows: Conversations that it is to act on.
        """
        title = one_line(format_title(rows[0]), 30) if len(rows) == 1 else ""
        what = "it" if len(rows) == 1 else f"{len(rows)} conversations"
        phrases = [_describe_action(action, what, self.moment) for action in self.actions]
        if self.text:
            parts = format_count(len(count_parts(self.text).parts), "part")
            phrases.insert(0, f"sends “{one_line(self.text, 60)}” ({parts}) to {title}")
        about = f" for {title}" if title and not self.text else ""
        return f"{self.name}{about}: {', '.join(phrases)}"


def read_macro(
    template: CannedReply, values: Mapping[str, str], now: int, zone: tzinfo | None
) -> Macro:
    """Return a macro filled with the values of fields.

    Args:
        template: Canned reply with actions.
        values: Value of each field by its name in lower case.
        now: Current time (ms UTC), from which a snooze counts.
        zone: Time zone of the agent; None for that of the system.

    Raises:
        InvalidActionError: An action is not possible now, such as a date that has passed.
    """
    actions = parse_actions(template.actions, now, zone, allowed=MACRO_KINDS)
    change = plan_change(actions, now, zone)
    moment = format_moment(change.snoozed_until, now, zone).split(",")[0]
    return Macro(template, fill_fields(template.body, values), actions, change, moment)


def _describe_action(action: Action, what: str, moment: str) -> str:
    """Return what an action is about to do: "labels it #done"."""
    value = one_line(action.value, 40)
    match action.kind:
        case ActionKind.LABEL:
            return f"labels {what} #{value}"
        case ActionKind.UNLABEL:
            return f"removes #{value}"
        case ActionKind.ASSIGN:
            return f"assigns {what} to {value}"
        case ActionKind.SNOOZE:
            when = moment if "reply" in value else f"until {moment}"
            return f"snoozes {what} {when}"
        case ActionKind.NOTE:
            return f"adds the note “{value}”"
        case ActionKind.REOPEN:
            return f"opens {what} again"
    verbs = {
        ActionKind.UNASSIGN: "unassigns",
        ActionKind.STAR: "stars",
        ActionKind.UNSTAR: "unstars",
        ActionKind.CLOSE: "closes",
    }
    return f"{verbs[action.kind]} {what}"


async def find_unknown_assignee(store: Store, agent: str, macro: Macro) -> str:
    """Return that a macro assigns to someone who is not known, with the nearest name; else "".

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
        macro: Macro that is about to run.
    """
    for action in macro.actions:
        if action.kind is ActionKind.ASSIGN:
            try:
                await resolve_assignee(store, agent, action.value)
            except UnknownNameError as error:
                return f"{macro.name} did nothing: {error}"
    return ""


async def explain_meanwhile(store: Store, rows: Sequence[Conversation], context: AppContext) -> str:
    """Return what others have done to conversations since the preview was made; "" for nothing.

    Args:
        store: Store shared by all agents.
        rows: Conversations as the agent saw them.
        context: Agent, clock and time zone.
    """
    agent, now, zone = context.agent, context.clock.now(), context.zone
    found = [await describe_change_since(store, row, agent, now, zone) for row in rows]
    changes = [change for change in found if change]
    if not changes:
        return ""
    who = "" if len(rows) == 1 else f"{len(changes)} of {len(rows)} were changed, "
    return f"Meanwhile {who}{changes[0]}"


class MacroRunner:
    """Run the actions of macros, each run as one thing to undo."""

    def __init__(self, store: Store, context: AppContext, actions: ConversationActions) -> None:
        """Create the runner of one agent.

        Args:
            store: Store shared by all agents.
            context: Settings of the agent.
            actions: Actions of the agent, which remember how to undo.
        """
        self._store = store
        self._agent = context.agent
        self._actions = actions

    async def run_actions(self, rows: Sequence[Conversation], macro: Macro) -> str:
        """Run a macro without a text; return the confirmation.

        Args:
            rows: Conversations to act on.
            macro: Macro to run.
        """
        revert = await self._change(rows, macro)
        await self._record_use(macro)
        done = f"Done: {macro.describe(rows)}"

        async def undo_macro() -> str:
            return format_undone(macro.name, *await revert())

        return self._actions.remember_undo(done, undo_macro, about=[row.id for row in rows])

    async def finish_sending(
        self, message: Message, row: Conversation, macro: Macro
    ) -> tuple[str, bool]:
        """Run the actions of a macro whose text is queued; one undo takes back both.

        Args:
            message: Text of the macro that was just queued.
            row: Conversation of the text.
            macro: Macro that runs.

        Returns:
            What to show, without the key, and whether the actions ran.
        """
        outgoing = self._actions.outgoing
        try:
            # The text has assigned the conversation, perhaps: undo restores that by itself.
            fresh = await self._store.conversations.get(message.conversation_id) or row
            revert = await self._change([fresh], macro)
        except StoreError as error:
            outgoing.register_send_undo(message)
            return f"Sent, but {macro.name} did nothing else: {error}", False

        async def undo_rest() -> str:
            return format_rest_undone("the rest is undone", *await revert())

        effect = f"reverts {macro.name} for {{target}}"
        outgoing.register_send_undo(message, undo_rest, effect=effect)
        await self._record_use(macro)
        return f"{macro.name}: {', '.join(map(str, macro.actions))}", True

    async def _change(
        self, rows: Sequence[Conversation], macro: Macro
    ) -> Callable[[], Awaitable[tuple[int, int]]]:
        """Change conversations, and return what restores them, as `Triage.undo_changes` does."""
        store, agent = self._store, self._agent
        # Notes first, and one by one: undo has to find them again, and it takes a conversation in
        # which something has arrived since for one that has gone on.
        names = await store.agents.list_names() if macro.change.notes else ()
        notes = [
            await store.messages.add_note(row.id, agent, note, find_mentions(note, names))
            for row in rows
            for note in macro.change.notes
        ]
        change = replace(macro.change, notes=())
        before = await store.triage.change_together([row.id for row in rows], agent, change)

        async def revert() -> tuple[int, int]:
            restored, left = await store.triage.undo_changes(before, agent)
            for note_id in reversed(notes):
                restored += await store.messages.withdraw_note(note_id, agent, keep_text=False)
            return restored, left

        return revert

    async def _record_use(self, macro: Macro) -> None:
        """Count one use of the macro."""
        await self._store.templates.record_use(macro.template.name, macro.template.owner)
