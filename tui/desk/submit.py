"""Submit what was typed in the composer: queue a message, store a note, or refuse it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.desk.actions import ConversationActions
from tui.desk.compose import ComposeState
from tui.desk.context import AppContext
from tui.desk.merging import check_former_recipients
from tui.desk.outages import explain_failure
from tui.desk.presence import Presence
from tui.desk.send_attempt import ChangedElsewhereError, NotSentError, SendAttempt, SendIntent
from tui.desk.send_checks import CHECKS_BEFORE_WRITING, find_refusal, list_objections
from tui.domain.conversation import Conversation
from tui.domain.mentions import find_mentions
from tui.domain.message import Message, SentText
from tui.domain.phone import format_phone_number
from tui.domain.text import one_line
from tui.domain.typed_text import is_blank_text
from tui.store.errors import DraftChanged, DraftSent, StoreError

NO_CONVERSATION = "No conversation is open: open one first"
LEFT_MEANWHILE = "Not sent: another conversation was opened"
KEPT_AS_DRAFT = "the text is kept as a draft"


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
        return self.describe_writer(await self._presence.acquire_compose_lock(force=force))

    def describe_writer(self, holder: str) -> str:
        """Return who writes here, with the key that takes over; "" for no one.

        Args:
            holder: Colleague who holds the compose lock; empty for none.
        """
        key = self._keys["take_over"]
        return f"{one_line(holder, 20)} is writing here: {key} takes over" if holder else ""

    def find_obstacle(self, conversation: Conversation) -> str:
        """Return why no reply can be sent here, whatever its text, or ""."""
        refusal = find_refusal(self._create_attempt(conversation), CHECKS_BEFORE_WRITING)
        return refusal.sentence if refusal else ""

    def build_intent(
        self, conversation: Conversation, text: str, *, close: bool = False
    ) -> SendIntent:
        """Return what the agent wants to send now, as one value.

        Args:
            conversation: Conversation that is shown with the text.
            text: Text of the reply.
            close: Whether the conversation is closed after it.
        """
        return replace(
            self._compose.intent,
            conversation_id=conversation.id,
            to=conversation.address,
            text=text,
            close=close,
        )

    def find_objection(
        self,
        conversation: Conversation,
        intent: SendIntent,
        messages: Sequence[Message],
        *,
        lock_holder: str = "",
        former_recipients: frozenset[str] = frozenset(),
        same_text: SentText | None = None,
    ) -> str:
        """Return the text to show instead of sending a reply, or "" if it can go.

        A question is returned once for each intent: the agent has seen it then.

        Args:
            conversation: Conversation to reply in.
            intent: What the agent wants to send.
            messages: Messages that the agent sees.
            lock_holder: Colleague who holds the compose lock; "" for none.
            former_recipients: Addresses that the text was begun for before a merge.
            same_text: The same text within a day, as the store knows it; None for none.
        """
        compose = self._compose
        reply = self._create_attempt(conversation).with_intent(intent)
        attempt = replace(
            reply,
            seen_upto=compose.seen_upto,
            messages=messages,
            lock_holder=lock_holder,
            former_recipients=former_recipients,
            same_text=same_text,
        )
        is_moved = bool(check_former_recipients(attempt))
        problem = compose.confirmation.review_objections(
            list_objections(attempt), intent, self._describe_confirmation(intent, is_moved=is_moved)
        )
        # All questions were seen: the same messages must not cause one again.
        if not problem and messages:
            newest = max(message.arrival_id for message in messages)
            compose.seen_upto = max(compose.seen_upto, newest)
        return problem

    def _describe_confirmation(self, intent: SendIntent, *, is_moved: bool) -> str:
        """Return the key that sends in spite of questions, and what it does."""
        key = self._keys["send_close" if intent.close else "send"]
        again = " again" if self._compose.repeats_key else ""
        to = one_line(format_phone_number(intent.to), 30) if is_moved else ""
        action = intent.describe_action(self._context.clock.now(), self._context.zone, to)
        return f"{key}{again} {action}"

    async def queue_reply(
        self,
        conversation: Conversation,
        intent: SendIntent,
        messages: Sequence[Message],
        *,
        is_draft: bool = True,
    ) -> Message:
        """Check a reply and queue it.

        Args:
            conversation: Conversation to reply in.
            intent: What the agent wants to send.
            messages: Messages that the agent sees.
            is_draft: Whether the text is in the composer, so that its draft is deleted.

        Raises:
            NotSentError: The reply was refused or could not be stored.
        """
        compose = self._compose
        try:
            holder = await self._presence.acquire_compose_lock()
            former = await compose.list_former_recipients(conversation.id)
            reply = self._create_attempt(conversation).with_intent(intent)
            same = (await compose.add_same_text(reply)).same_text
            # While the store was asked, another conversation may have been opened. Its questions
            # and read messages are not those of this reply.
            if compose.intent.conversation_id != conversation.id:
                raise NotSentError(LEFT_MEANWHILE)
            problem = self.find_objection(
                *(conversation, intent, messages),
                lock_holder=holder,
                former_recipients=former,
                same_text=same,
            )
            if problem:
                raise NotSentError(problem)
            attempt = replace(reply, seen_upto=compose.seen_upto)
            # Save the draft first: a later write would bring back the text that was just queued.
            await compose.wait_until_saved()
            draft = (
                compose.get_shown_draft(conversation.id, intent.text, note=False)
                if is_draft
                else None
            )
            return await self._actions.outgoing.queue_message(replace(attempt, draft=draft))
        except DraftChanged as error:
            raise ChangedElsewhereError(_explain_change(error, "sent here", "send")) from error
        except StoreError as error:
            text = explain_failure(error, self._keys["send"], "sent")
            raise NotSentError(f"{text}; your text is still here") from error

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
            text = explain_failure(error, self._keys["send"], "saved")
            raise NotSentError(f"{text}; your note is still here") from error

    async def retry_message(
        self, conversation: Conversation, intent: SendIntent, seen_upto: int
    ) -> Message:
        """Queue a failed message again, as a new message.

        Args:
            conversation: Conversation of the message.
            intent: Failed message as it is to be sent now.
            seen_upto: `arrival_id` up to which the agent has seen all.

        Raises:
            NotSentError: A check refused the message, or it could not be stored.
        """
        attempt = self._create_attempt(conversation).with_intent(intent)
        try:
            return await self._actions.outgoing.queue_message(replace(attempt, seen_upto=seen_upto))
        except StoreError as error:
            raise NotSentError(explain_failure(error, self._keys["retry"], "sent")) from error

    async def find_retry_question(self, conversation: Conversation, intent: SendIntent) -> str:
        """Return what to ask before a failed message is sent again, or "".

        Args:
            conversation: Conversation of the message.
            intent: Failed message as it is to be sent now.
        """
        attempt = self._create_attempt(conversation).with_intent(intent)
        objections = list_objections(await self._compose.add_same_text(attempt))
        # A refusal is shown when the message is queued, with or without an answer.
        if any(objection.is_refusal for objection in objections):
            return ""
        return " · ".join(objection.text for objection in objections)

    def _create_attempt(self, conversation: Conversation) -> SendAttempt:
        """Return the attempt to send an empty text now, over the route of the composer."""
        return SendAttempt(
            self._context.preferences,
            conversation.address,
            "",
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
