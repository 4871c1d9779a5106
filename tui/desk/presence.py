"""Share this agent's presence with colleagues and register the agent with the store.

Presence is a courtesy: a busy database only delays it, and no key press waits for it.
The store also wakes snoozed conversations from here, so that they return without a service.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from tui.clock import Clock
from tui.domain.text import one_line
from tui.store.errors import StoreError
from tui.store.presence import Colleague
from tui.store.store import Store

HEARTBEAT_SECONDS = 8.0
"""Seconds between two heartbeats."""
_TYPING_SECONDS = 10.0
"""An agent who has pressed no key for this long is not shown as typing."""
_EMPTY_LOCK_SECONDS = 60.0
"""An empty composer in which no key was pressed for this long keeps no colleague from writing."""


class Presence:
    """Track the colleagues in the open conversation and this agent's compose lock."""

    def __init__(
        self,
        store: Store,
        agent: str,
        clock: Clock,
        changed: Callable[[], None],
        is_visible: Callable[[], bool] = lambda: True,
    ) -> None:
        """Create the presence of one agent.

        Args:
            store: Store shared by all agents.
            agent: Name of this agent.
            clock: Source of the current time.
            changed: Called when `colleagues` or `holder` differ.
            is_visible: Returns whether the agent's screen shows the open conversation; colleagues
                see the agent there only then.
        """
        self._store = store
        self._agent = agent
        self._clock = clock
        self._changed = changed
        self._is_visible = is_visible
        self._conversation_id = 0
        self._typed_at: float | None = None
        """When a key was pressed last, in seconds of the clock that is never set back."""
        self._published: tuple[int, bool] | None = None
        self._is_composing = False
        """Whether the agent is in the composer, with or without the lock."""
        self._used_at = 0.0
        """When a key was pressed here last, or the lock was acquired, by the same clock."""
        self._lock_turn = asyncio.Lock()
        """Makes releasing wait for an acquisition under way: a key can follow another at once."""
        self._locked_conversation = 0
        """Conversation whose compose lock this agent holds; 0 for none."""
        self._locks_to_release: set[int] = set()
        """Conversations that the agent left while holding their compose lock."""
        self._publish_task: asyncio.Task[None] | None = None
        self.has_text = False
        """Whether there is a text in the composer: an empty one does not keep the lock for long."""
        self.colleagues: Sequence[Colleague] = ()
        """Other agents who look at the same conversation."""
        self.holder = ""
        """Colleague who holds the compose lock; empty if it is free or held by this agent."""

    # Own state ------------------------------------------------------------------------------

    def set_conversation(self, conversation_id: int) -> None:
        """Record which conversation the agent looks at.

        Args:
            conversation_id: Conversation now in the pane; 0 for none.
        """
        if conversation_id != self._conversation_id:
            # Released later in the background: opening a conversation must not wait for the store.
            self._locks_to_release.update({self._locked_conversation} - {0})
            self._conversation_id, self._locked_conversation = conversation_id, 0
            self._is_composing, self._typed_at = False, None
            self.colleagues, self.holder = (), ""
            self._start_publishing()

    def record_key_press(self) -> None:
        """Record that the agent has pressed a key in the composer."""
        self._typed_at = self._used_at = self._clock.monotonic()
        self._start_publishing()

    def update_visibility(self) -> None:
        """Publish whether the agent's screen shows the conversation, after that has changed."""
        self._start_publishing()

    def heartbeat(self) -> None:
        """Publish the agent's presence again and refresh who else is here."""
        # Forget what was published: colleagues drop an agent whose entry is not renewed.
        self._published = None
        self._start_publishing()

    async def remove_presence(self) -> None:
        """Remove the agent's presence and compose locks; call no callback any more."""
        self._changed = _ignore_change
        if self._publish_task is not None:
            await self._publish_task
        with contextlib.suppress(StoreError):
            await self._store.compose_locks.release_all_locks()
            await self._store.presence.clear_presence()

    # Compose lock ---------------------------------------------------------------------------

    async def acquire_compose_lock(self, *, force: bool = False) -> str:
        """Acquire the compose lock of the open conversation.

        Args:
            force: Take the lock even if a colleague holds it.

        Returns:
            The colleague who holds the lock; "" if this agent has it now.
        """
        conversation_id = self._conversation_id
        if not conversation_id:
            return ""
        self._is_composing, self._used_at = True, self._clock.monotonic()
        async with self._lock_turn:
            holder = await self._store.compose_locks.acquire_lock(
                conversation_id, self._agent, force=force
            )
            # The agent may have moved on to another conversation while the store was asked.
            if conversation_id == self._conversation_id:
                self._locked_conversation = 0 if holder else conversation_id
                self._set_holder(holder)
            elif not holder:
                self._locks_to_release.add(conversation_id)
        return holder

    async def release_compose_lock(self) -> None:
        """Release the compose lock; what was typed stays as a draft."""
        self._is_composing, self._typed_at = False, None
        async with self._lock_turn:
            await self._release_held_lock()
        self._start_publishing()

    async def _release_held_lock(self) -> None:
        """Release the lock that this agent holds, if any."""
        locked, self._locked_conversation = self._locked_conversation, 0
        if locked:
            with contextlib.suppress(StoreError):
                await self._store.compose_locks.release_lock(locked)

    async def _keep_lock(self, conversation_id: int) -> None:
        """Renew the lock that is held; release that of an empty composer that is not used.

        It is acquired again with the next key, unless a colleague writes by then.
        """
        unused = self._clock.monotonic() - self._used_at
        is_unused = not self.has_text and unused >= _EMPTY_LOCK_SECONDS
        async with self._lock_turn:
            if self._locked_conversation != conversation_id:
                return
            if is_unused:
                await self._release_held_lock()
            elif not await self._store.compose_locks.renew_lock(conversation_id):
                self._locked_conversation = 0

    # Colleagues -----------------------------------------------------------------------------

    async def refresh_colleagues(self) -> None:
        """Read from the store who is in the open conversation now."""
        conversation_id = self._conversation_id
        if not conversation_id:
            return
        colleagues = [
            c
            for c in await self._store.presence.list_colleagues(conversation_id)
            if self._is_colleague(c)
        ]
        holder = await self._store.compose_locks.get_holder(conversation_id)
        if conversation_id != self._conversation_id:
            return
        if colleagues != list(self.colleagues):
            self.colleagues = colleagues
            self._changed()
        self._set_holder("" if holder == self._agent else holder)

    def _is_colleague(self, colleague: Colleague) -> bool:
        """Return whether this is another agent, not the same agent at another screen."""
        return colleague.agent != self._agent

    def _set_holder(self, holder: str) -> None:
        """Set who holds the compose lock and report a change."""
        if holder != self.holder:
            self.holder = holder
            self._changed()

    @property
    def _current_state(self) -> tuple[int, bool]:
        """Return what colleagues should see: the conversation, and whether the agent is typing."""
        typed_at = self._typed_at
        typing = typed_at is not None and self._clock.monotonic() - typed_at < _TYPING_SECONDS
        return self._conversation_id if self._is_visible() else 0, typing

    def _start_publishing(self) -> None:
        """Publish the current state in the background unless that is already running."""
        if self._publish_task is None or self._publish_task.done():
            self._publish_task = asyncio.create_task(self._publish_state(), name="publish presence")

    async def _publish_state(self) -> None:
        """Publish the newest state; after a store error the next heartbeat retries."""
        with contextlib.suppress(StoreError):
            while self._published != self._current_state:
                state = self._current_state
                await self._write_state(*state)
                self._published = state
                await self.refresh_colleagues()

    async def _write_state(self, visible_id: int, typing: bool) -> None:
        """Write presence, release abandoned locks and renew the lock that is held.

        The lock does not depend on what is visible: a dialog may lie over the composer.
        """
        conversation_id = self._conversation_id
        if visible_id:
            await self._store.presence.announce_presence(self._agent, visible_id, typing=typing)
        else:
            await self._store.presence.clear_presence()
        for abandoned in self._locks_to_release - {self._locked_conversation}:
            await self._store.compose_locks.release_lock(abandoned)
        self._locks_to_release.clear()
        if conversation_id and self._locked_conversation == conversation_id:
            await self._keep_lock(conversation_id)
        elif conversation_id and typing and self._is_composing and not self.holder:
            await self.acquire_compose_lock()


def _ignore_change() -> None:
    """Do nothing; replaces the callback after `leave`."""


def format_colleagues(colleagues: Sequence[Colleague]) -> str:
    """Return who else is here: "Bo is typing", "Bo and Mia are here", "" if there is no one."""
    typing = [one_line(c.agent, 16) for c in colleagues if c.typing]
    if typing:
        return f"{_join_names(typing)} {'is' if len(typing) == 1 else 'are'} typing"
    names = [one_line(c.agent, 16) for c in colleagues]
    return f"{_join_names(names)} {'is' if len(names) == 1 else 'are'} here" if names else ""


def _join_names(names: Sequence[str]) -> str:
    """Join names to a list with at most two of them: "Bo and Mia", "Bo and 3 others"."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} others"


WAKE_SECONDS = 2.0
"""Seconds between two checks for snoozed conversations that are due."""


class AgentSession:
    """Tasks that run without a command: register the agent, wake snoozed conversations.

    Store errors are ignored here; they are shown where they affect what the agent does.
    """

    def __init__(self, store: Store, agent: str) -> None:
        """Create the session of one agent.

        Args:
            store: Store shared by all agents.
            agent: Name of this agent.
        """
        self._store = store
        self._agent = agent

    async def register_agent(self) -> None:
        """Make the agent known to colleagues, who can assign conversations from now on."""
        with contextlib.suppress(StoreError):
            await self._store.agents.record_agent(self._agent)

    async def wake_snoozed(self) -> None:
        """Reopen the snoozed conversations that are due, also where no service is running."""
        with contextlib.suppress(StoreError):
            await self._store.triage.reopen_due_conversations()
