"""Announce changes during a session: incoming messages, new statuses, mentions, silent accounts."""

import asyncio
import contextlib
from collections.abc import Iterable

from tui.desk import format
from tui.desk.assigning import format_assignment_notice
from tui.desk.departures import describe_end_of_wait
from tui.desk.message_text import MessageText
from tui.desk.notifications import AgentNotifier
from tui.desk.outages import describe_outage
from tui.desk.overdue_notice import describe_overdue
from tui.desk.presence import HEARTBEAT_SECONDS
from tui.domain.change import Change, Subject
from tui.domain.message import Direction, Format, Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.plain.reading import show_arrived
from tui.plain.session import PLAIN_KEYS, PlainSession
from tui.store.errors import StoreError, Unreachable

_RETRY_SECONDS = 1.0
_INTERMEDIATE = frozenset({Status.QUEUED, Status.SENDING, Status.SUBMITTED})
"""Intermediate statuses that are not announced."""


class ChangeAnnouncer:
    """Watch the store for one agent and announce what changed."""

    def __init__(self, session: PlainSession, after: int | None) -> None:
        """Create the announcer.

        Args:
            session: State of this agent's line-mode session.
            after: Announce changes after this sequence number; None: only changes from now on.
        """
        self._session = session
        self._after = after
        self._alarms = AgentNotifier(
            session.store,
            session.context,
            write=lambda sequence: None,
            has_focus=lambda: True,
            show=lambda text: session.dialog.announce_line(f"* {text}."),
            keys=PLAIN_KEYS,
        )

    async def follow_changes(self) -> None:
        """Announce changes until the task is cancelled."""
        last_error = ""
        while True:
            try:
                async for changes in self._session.store.feed.watch_changes(after=self._after):
                    last_error, self._after = "", None
                    await self._announce_changes(changes)
            except StoreError as error:
                if str(error) != last_error and not isinstance(error, Unreachable):
                    last_error = str(error)
                    self._session.dialog.announce_line(f"* {one_line(last_error, 300)}.")
                await asyncio.sleep(_RETRY_SECONDS)

    async def _announce_changes(self, changes: tuple[Change, ...]) -> None:
        """Announce a batch; while the server is away, try again, so that none is passed over."""
        while True:
            try:
                return await self._handle_changes(changes)
            except Unreachable:
                await asyncio.sleep(_RETRY_SECONDS)

    async def announce_outages(self) -> None:
        """Announce once that the server of the inbox is away, and that it is back."""
        session, shown = self._session, ""
        while True:
            await asyncio.sleep(_RETRY_SECONDS)
            context = session.context
            outage = session.store.database.outage
            text = describe_outage(outage, context.clock.now(), context.zone)
            if text != shown:
                session.dialog.announce_line(f"* {text or 'The database server answers again'}.")
                shown = text

    async def send_heartbeats(self) -> None:
        """Send heartbeats to colleagues and check for silent accounts until cancelled."""
        while True:
            with contextlib.suppress(StoreError):
                await self._alarms.report_problems()
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self._session.presence.heartbeat()

    async def _handle_changes(self, changes: Iterable[Change]) -> None:
        """Handle changes one after the other."""
        changes = tuple(changes)
        session = self._session
        agent = session.context.agent
        if late := await describe_overdue(session.store, agent, changes, "overdue"):
            session.dialog.announce_line(f"* {late}")
        for change in changes:
            match change.subject:
                case Subject.MESSAGE:
                    await self._handle_message(change)
                case Subject.MENTION:
                    await self._announce_mention(change)
                case Subject.ASSIGNMENT:
                    await self._announce_assignment(change)
                case Subject.ACCOUNT | Subject.RULE if not change.id:
                    await self._alarms.report_problems()
                case Subject.CONVERSATION if change.id == self._session.shown_id:
                    await self._announce_departure(change.id)
                case Subject.PRESENCE:
                    await self._session.presence.refresh_colleagues()
                case Subject.VIEW if self._session.conversation is not None:
                    await self._session.refresh_conversation()

    async def _announce_departure(self, conversation_id: int) -> None:
        """Announce that a colleague has closed, snoozed or assigned the open conversation."""
        session, store, context = self._session, self._session.store, self._session.context
        known, fresh = session.conversation, await store.conversations.get(conversation_id)
        if known is None or fresh is None or fresh.id != known.id:
            return
        session.conversation = fresh
        if (fresh.state, fresh.assignee) == (known.state, known.assignee):
            return
        entries = await store.triage.get_audit_trail(fresh.id)
        now, zone = context.clock.now(), context.zone
        reason = await describe_end_of_wait(store, fresh, context.agent, now, zone)
        if reason and entries and entries[0].agent != context.agent:
            session.dialog.announce_line(f"* This conversation is {reason}; it stays open here.")

    async def _handle_message(self, change: Change) -> None:
        """Announce an incoming message, or a new status of a message this agent sent."""
        message = await self._session.store.messages.get(change.id)
        if message is None:
            return
        if change.is_new and message.direction is Direction.IN:
            await self._announce_incoming(message)
        elif message.id in self._session.shown_status:
            self._announce_status(message)

    async def _announce_incoming(self, message: Message) -> None:
        """Show a message in the open conversation, or announce who wrote."""
        session, row_id = self._session, message.conversation_id
        row = await session.store.conversations.get(row_id)
        if row is None:
            return

        def is_unread() -> bool:
            """Return whether the message is still not shown."""
            return (
                session.conversation is None
                or session.conversation.id != row_id
                or session.seen_upto < message.arrival_id
            )

        if (
            session.conversation is not None
            and session.conversation.id == row_id
            and not session.dialog.is_delaying
        ):
            if is_unread():
                await show_arrived(session, [message])
            return
        session.last_active_id = row_id
        text = one_line(message.summary, 300)
        session.dialog.announce_line(
            f"* New from {format.format_title(row)}: {text} (w opens it)", is_unread
        )

    async def _announce_mention(self, change: Change) -> None:
        """Announce a colleague's note that mentions this agent."""
        session = self._session
        if not await session.store.messages.has_mention(change.id, session.context.agent):
            return
        note = await session.store.messages.get(change.id)
        about = await session.store.conversations.get(change.conversation_id)
        if note is not None and about is not None and note.agent != session.context.agent:
            session.last_active_id = about.id
            who, title = one_line(note.agent, 20), one_line(format.format_title(about), 30)
            is_rule = note.direction is Direction.IN
            text = "A rule asks you to look at" if is_rule else f"{who} mentions you in a note on"
            session.dialog.announce_line(f"* {text} {title} (w opens it)")

    async def _announce_assignment(self, change: Change) -> None:
        """Announce that a colleague has assigned a conversation to this agent or their team."""
        session = self._session
        notice = await format_assignment_notice(session.store, session.context.agent, [change], "w")
        if notice:
            session.last_active_id = change.id
            session.dialog.announce_line(f"* {notice}")

    def _announce_status(self, message: Message) -> None:
        """Announce a new status once; name the command that helps if the message failed."""
        if message.status in _INTERMEDIATE:
            return
        text = MessageText(message, zone=self._session.context.zone).status
        if text == self._session.shown_status[message.id]:
            return
        self._session.shown_status[message.id] = text
        has_problem = message.status is not None and message.status.is_problem
        what = "Your ping" if message.format is Format.PING else "Your message"
        self._session.dialog.announce_line(f"* {what}: {text}{'. f helps' if has_problem else ''}")
