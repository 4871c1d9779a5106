"""Submit what was typed in the composer: queue a message, store a note, or refuse it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.desk.actions import ConversationActions
from tui.desk.compose import ComposeState
from tui.desk.context import AppContext
from tui.desk.presence import Presence
from tui.desk.routes import Route, SendPlan
from tui.desk.send_attempt import ChangedElsewhereError, NotSentError, SendAttempt
from tui.desk.send_checks import CHECKS_BEFORE_WRITING, find_refusal, list_objections
from tui.domain.conversation import Conversation
from tui.domain.mentions import find_mentions
from tui.domain.message import Format, Message, MmsContent
from tui.domain.text import is_blank_text, one_line
from tui.store.errors import DraftChanged, DraftSent, StoreError

NO_CONVERSATION = "No conversation is open: open one first"


class Submitter:
    """Submit messages and notes of one agent."""

    def __init__(
        self,
        context: AppContext,
        actions: ConversationActions,
        compose: ComposeState,
        presence: Presence,
        keys: Mapping[str, str],
    ) -> None:
        """Create the submitter of one agent.

        Args:
            context: Settings of the agent.
            actions: Stores the messages.
            compose: State of the composer.
            presence: Holds the compose lock.
            keys: First key of each command, for messages to the agent.
        """
        self._context = context
        self._actions = actions
        self._compose = compose
        self._presence = presence
        self._keys = keys

    async def begin_writing(self, conversation: Conversation | None, *, force: bool = False) -> str:
        """Acquire the compose lock, or return why the agent cannot write here.

        Args:
            conversation: Open conversation, or None.
            force: Take the lock even if a colleague holds it.

        Returns:
            The reason; "" if the agent can write and holds the lock.
        """
        if conversation is None:
            return NO_CONVERSATION
        # Checked before the lock: do not take it from a colleague for a reply that cannot go out.
        if refusal := self.find_obstacle(conversation):
            return refusal
        holder = await self._presence.acquire_compose_lock(force=force)
        key = self._keys["take_over"]
        return f"{one_line(holder, 20)} is writing here: {key} takes over" if holder else ""

    def find_obstacle(self, conversation: Conversation) -> str:
        """Return why no reply can be sent here, whatever its text, or ""."""
        refusal = find_refusal(self._create_attempt(conversation, ""), CHECKS_BEFORE_WRITING)
        return refusal.sentence if refusal else ""

    def find_objection(
        self,
        conversation: Conversation,
        text: str,
        messages: Sequence[Message],
        plan: SendPlan | None = None,
        *,
        lock_holder: str = "",
    ) -> str:
        """Return the text to show instead of sending a reply, or "" if it can go.

        A question is returned once: the agent has seen it then.

        Args:
            conversation: Conversation to reply in.
            text: Text of the reply.
            messages: Messages that the agent sees.
            plan: When to send; None for now.
            lock_holder: Colleague who holds the compose lock; "" for none.
        """
        reply = self._create_reply(conversation, text, plan)
        attempt = replace(reply, messages=messages, lock_holder=lock_holder)
        problem = self._compose.confirmation.review_objections(list_objections(attempt))
        # All questions were seen: the same messages must not cause one again.
        if not problem and messages:
            self._compose.seen_upto = max(message.arrival_id for message in messages)
        return problem

    async def queue_reply(
        self,
        conversation: Conversation,
        text: str,
        messages: Sequence[Message],
        plan: SendPlan | None = None,
    ) -> Message:
        """Check a reply and queue it.

        Args:
            conversation: Conversation to reply in.
            text: Text of the reply.
            messages: Messages that the agent sees.
            plan: When to send; None for now.

        Raises:
            NotSentError: The reply was refused or could not be stored.
        """
        try:
            holder = await self._presence.acquire_compose_lock()
            problem = self.find_objection(conversation, text, messages, plan, lock_holder=holder)
            if problem:
                raise NotSentError(problem)
            attempt = self._create_reply(conversation, text, plan)
            # Save the draft first: a later write would bring back the text that was just queued.
            await self._compose.wait_until_saved()
            draft = self._compose.get_shown_draft(conversation.id, text, note=False)
            return await self._actions.outgoing.queue_message(replace(attempt, draft=draft))
        except DraftChanged as error:
            raise ChangedElsewhereError(_explain_change(error, "sent here", "send")) from error
        except StoreError as error:
            raise NotSentError(f"{error}; your text is still here") from error

    async def save_note(
        self, conversation: Conversation, text: str, colleagues: Sequence[str]
    ) -> str:
        """Store a private note and return the confirmation.

        Args:
            conversation: Conversation that the note belongs to.
            text: Text of the note.
            colleagues: Names that can be mentioned with @.

        Raises:
            NotSentError: The note is empty or could not be stored.
        """
        if is_blank_text(text):
            raise NotSentError("Nothing to save yet: type the note first")
        await self._compose.wait_until_saved()
        mentions = [name for name in find_mentions(text, colleagues) if name != self._context.agent]
        try:
            draft = self._compose.get_shown_draft(conversation.id, text, note=True)
            return await self._actions.add_note(conversation, text, mentions, draft)
        except DraftChanged as error:
            raise ChangedElsewhereError(_explain_change(error, "saved here", "save")) from error
        except StoreError as error:
            raise NotSentError(f"{error}; your note is still here") from error

    async def retry_message(
        self, conversation: Conversation, message: Message, route: Route | None, seen_upto: int
    ) -> Message:
        """Queue a failed message again, as a new message.

        Args:
            conversation: Conversation of the message.
            message: Message that failed.
            route: Account and sender to use now; None if there is no account.
            seen_upto: `arrival_id` up to which the agent has seen all.

        Raises:
            NotSentError: A check refused the message, or it could not be stored.
        """
        attempt = replace(
            self._create_attempt(conversation, message.body),
            route=route,
            enclosed=MmsContent(message.media, message.subject),
            is_spoken=message.format is Format.TTS,
            options=message.options,
            retry_of=message.id,
            seen_upto=seen_upto,
        )
        try:
            return await self._actions.outgoing.queue_message(attempt)
        except StoreError as error:
            raise NotSentError(str(error)) from error

    def _create_reply(
        self, conversation: Conversation, text: str, plan: SendPlan | None
    ) -> SendAttempt:
        """Return the attempt to send what is in the composer."""
        compose = self._compose
        return replace(
            self._create_attempt(conversation, text),
            enclosed=compose.enclosed,
            plan=plan,
            seen_upto=compose.seen_upto,
        )

    def _create_attempt(self, conversation: Conversation, text: str) -> SendAttempt:
        """Return the attempt to send a text now, over the route of the composer."""
        return SendAttempt(
            self._context.preferences,
            conversation.address,
            text,
            self._compose.route,
            self._context.clock.now(),
            conversation,
            keys=self._keys,
        )


def _explain_change(error: DraftChanged, done: str, verb: str) -> str:
    """Return what another window has done to a text, and what it means for this window.

    Args:
        error: What the store has found.
        done: What was not done: "sent here".
        verb: What to do then: "send".
    """
    if isinstance(error, DraftSent):
        return f"{error} already: nothing was {done}"
    return f"{error}: nothing was {done}; read it, then {verb} it again"
