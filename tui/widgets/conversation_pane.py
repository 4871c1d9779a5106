"""Show one conversation with its heading, and below it the pane where the reply is written."""

import asyncio
import functools
from collections.abc import Callable, Iterable

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as Event

from tui.desk.actions import ConversationActions
from tui.desk.consent import ConsentStatus, read_consent_status
from tui.desk.context import AppContext
from tui.desk.key_hints import format_failure_hint
from tui.desk.merging import describe_merged, describe_separation, is_same_customer, list_addresses
from tui.desk.presence import HEARTBEAT_SECONDS, Presence, format_colleagues
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.store.store import Store
from tui.terminal.private_api import set_border_subtitle, set_border_title
from tui.widgets.bindings import get_reachable_keys
from tui.widgets.compose_pane import ComposePane
from tui.widgets.conversation_heading import format_heading
from tui.widgets.message_view import MessageView
from tui.widgets.notice_line import NoticeLine, choose_notice
from tui.widgets.status_messages import StoreReader


@record
class Followed:
    """What a merge by a colleague, or its undo, has done to the conversation that was shown."""

    notice: str
    conversation: Conversation | None = None
    """Conversation that is shown instead; None if it is the same one."""


class ConversationPane(StoreReader, Vertical):
    """Show a conversation, who else is there, and whether anything prevents a reply."""

    class Opened(Event):
        """Another conversation is shown."""

    message_view = getters.query_one("#messages", MessageView)
    notice_line = getters.query_one("#notice", NoticeLine)
    compose_pane = getters.query_one("#compose", ComposePane)

    def __init__(
        self,
        store: Store,
        context: AppContext,
        actions: ConversationActions,
        is_visible: Callable[[], bool],
    ) -> None:
        """Create an empty pane; `show_conversation` fills it.

        Args:
            store: Store to read from.
            context: Settings and helpers shared by the screens.
            actions: Actions on conversations.
            is_visible: Returns whether the agent's screen shows the conversation.
        """
        super().__init__(id="pane")
        self._store = store
        self._app_context = context
        self._actions = actions
        self._show_lock = asyncio.Lock()
        """Shows one conversation after the other, however fast keys come."""
        self.conversation: Conversation | None = None
        self._departure_reason = ""
        self._outer_width = 0
        """Width with the border, as the last resize reported it."""
        self.presence = Presence(
            store, context.agent, context.clock, self._refresh_heading, is_visible
        )
        self.consent_status = ConsentStatus()
        """Consent of the customer, as far as it is known."""

    @property
    def possible_opt_out(self) -> Message | None:
        """Return the message that may be an opt-out and has to be judged; None for none."""
        return self.consent_status.possible_opt_out

    def compose(self) -> ComposeResult:
        """Yield the messages, the notice and the composer."""
        context = self._app_context
        view = MessageView(
            self._store,
            context.clock,
            ascii=context.ascii,
            zone=context.zone,
            several_accounts=lambda: context.has_several_accounts,
            get_advice=functools.partial(format_failure_hint, context),
        )
        yield view
        yield NoticeLine()
        yield ComposePane(self._store, context, self._actions, self.presence, lambda: view.messages)

    def on_mount(self) -> None:
        """Hide the composer until a conversation is open, and start the heartbeat."""
        self.compose_pane.display = False
        self.set_interval(HEARTBEAT_SECONDS, self.presence.heartbeat)

    def on_resize(self, event: events.Resize) -> None:
        """Adapt the heading to the new width."""
        # `size` is looked up in the layout, which may be under way: it can be 0 here.
        self._outer_width = event.size.width
        self._refresh_heading()

    def _refresh_heading(self) -> None:
        """Update the heading, unless the pane is just being created or removed."""
        if self.query(NoticeLine):
            self._update_heading()

    async def on_unmount(self) -> None:
        """Show colleagues that this agent has left."""
        await self.presence.remove_presence()

    async def show_conversation(self, conversation: Conversation | None, *, at: int = 0) -> None:
        """Show a conversation with this agent's draft.

        Args:
            conversation: Conversation to show; None for none.
            at: Id of a message to scroll to; 0 for the newest.
        """
        async with self._show_lock:
            if conversation is None:
                await self._clear_conversation()
            elif at or self.conversation is None or self.conversation.id != conversation.id:
                await self._open_conversation(conversation, at)

    async def _clear_conversation(self) -> None:
        """Show that no conversation is open."""
        self.conversation = None
        set_border_title(self, None)
        self.presence.set_conversation(0)
        self.notice_line.show_notice("")
        self.compose_pane.close_conversation()
        await self.message_view.show_conversation(None)

    async def _open_conversation(self, conversation: Conversation, at: int) -> None:
        """Read everything needed, then change messages, heading, route and draft together."""
        agent = self._app_context.agent
        # Before the draft is read: it may be the one that is still being saved.
        await self.compose_pane.flush_draft()
        seen_upto, draft, consent_status = await asyncio.gather(
            self._store.conversations.get_read_marker(conversation.id, agent),
            self._store.drafts.get_draft(conversation.id, agent),
            read_consent_status(self._store, conversation),
        )
        await self.message_view.show_conversation(conversation, seen_upto=seen_upto, at=at)
        if self.conversation is None or self.conversation.id != conversation.id:
            self._departure_reason = ""
        self.conversation, self.consent_status = conversation, consent_status
        self.presence.set_conversation(conversation.id)
        self.compose_pane.open_conversation(conversation, draft)
        self._update_heading()
        self.post_message(self.Opened())

    async def apply_changes(self, changes: Iterable[Change]) -> Followed | None:
        """Apply changes in the store; no other conversation is shown meanwhile.

        Return what the agent has to know if the shown conversation was merged or separated.

        Args:
            changes: Changes in the store.
        """
        changes = tuple(changes)
        async with self._show_lock:
            old = self.conversation
            # A merge changes so much that everything has to be read again.
            fresh = (
                await self._store.conversations.get(old.id) if old and RELOAD in changes else None
            )
            if old is None or fresh is None or is_same_customer(old, fresh):
                await self.message_view.apply_changes(changes)
                await self._update_surroundings(changes)
                return None
            return await self._follow_merge(old, fresh)

    def show_departure(self, reason: str) -> None:
        """Show in the heading why the conversation is no longer in the list.

        Args:
            reason: Why; empty if it is there.
        """
        if reason != self._departure_reason:
            self._departure_reason = reason
            self._update_heading()

    async def _follow_merge(self, old: Conversation, fresh: Conversation) -> Followed | None:
        """Show what the conversation has become since it was merged or separated.

        Args:
            old: Conversation as it was shown.
            fresh: Conversation that its id leads to now.
        """
        composer = self.compose_pane.composer
        focused, note = composer.has_focus, composer.note
        other, is_alone = await self._find_separated_draft(old, fresh)
        shown = other if other is not None and is_alone and focused else fresh
        await self._open_conversation(shown, 0)
        if focused and note:
            await self.compose_pane.begin_note()
        # What was typed while everything was read is part of the draft, too.
        await self.compose_pane.flush_draft()
        await self.compose_pane.reload_draft()
        if focused and not note:
            await self.presence.acquire_compose_lock()
        if shown is other:
            return Followed(describe_separation(fresh, shown), shown)
        if other is not None:
            return Followed(describe_separation(fresh, other, self._list_keys()["show_drafts"]))
        return Followed(describe_merged(fresh), fresh) if fresh.id != old.id else None

    async def _find_separated_draft(
        self, old: Conversation, fresh: Conversation
    ) -> tuple[Conversation | None, bool]:
        """Return the conversation that a part of the shown text went back to, if any.

        The second value is True if it is all of the text.

        Args:
            old: Conversation as it was shown.
            fresh: The same conversation now.
        """
        composer, agent = self.compose_pane.composer, self._app_context.agent
        if not composer.text or fresh.id != old.id:
            return None, False
        await self.compose_pane.flush_draft()
        for address in sorted(list_addresses(old) - list_addresses(fresh)):
            other = await self._store.conversations.find_by_address(parse_address(address))
            if other is None or other.id == fresh.id:
                continue
            if await self._store.drafts.has_text(other.id, agent, note=composer.note):
                has_rest = await self._store.drafts.has_text(fresh.id, agent, note=composer.note)
                return other, not has_rest
        return None, False

    async def _update_surroundings(self, changes: tuple[Change, ...]) -> None:
        """Update everything around the messages."""
        if self.conversation is None:
            return
        relevant = [c for c in changes if c.conversation_id == self.conversation.id]
        if RELOAD in changes or any(c.subject is Subject.CONVERSATION for c in relevant):
            fresh = await self._store.conversations.get(self.conversation.id)
            if fresh is None:  # it was erased: what is typed here must not be stored again
                self.compose_pane.discard_erased(self.conversation.id)
                return await self._clear_conversation()
            self.conversation = fresh
            self.compose_pane.update_conversation(self.conversation)
        if any(c.subject in (Subject.CONVERSATION, Subject.MESSAGE) for c in relevant):
            self.consent_status = await read_consent_status(self._store, self.conversation)
            self._update_heading()
        if RELOAD in changes or any(c.subject is Subject.DRAFT for c in relevant):
            await self.compose_pane.reload_draft()  # another window of the agent may have typed
        if any(c.subject is Subject.PRESENCE for c in relevant):
            await self.presence.refresh_colleagues()

    @on(ComposePane.FrameChanged)
    def _update_frame(self, event: ComposePane.FrameChanged) -> None:
        """Show the hint on the border, and mark a private note by the border's colour."""
        event.stop()
        self.set_class(event.note, "-note")
        set_border_subtitle(self, Content(event.hint) if event.hint else None)

    def _update_heading(self) -> None:
        """Update the heading, and the notice about anything that prevents a reply."""
        if (conversation := self.conversation) is None:
            return
        now, others = self._app_context.clock.now(), format_colleagues(self.presence.colleagues)
        room, reason = self._outer_width - 6, self._departure_reason
        set_border_title(self, format_heading(conversation, now, others, room, reason))
        context, holder = self._app_context, self.presence.holder
        keys = self._list_keys()
        self.notice_line.show_notice(
            *choose_notice(conversation, self.consent_status, holder, context, keys)
        )

    def _list_keys(self) -> dict[str, str]:
        """Return what to press for each command from where the agent is."""
        is_writing = self.compose_pane.composer.has_focus
        return get_reachable_keys(self._app_context.commands, is_writing=is_writing)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _name_reachable_keys(self) -> None:
        """Name the keys in the notice that work from where the agent is now."""
        self._refresh_heading()

    def refresh_clock(self) -> None:
        """Update the customer's local time in the heading; called once a minute."""
        self._update_heading()
