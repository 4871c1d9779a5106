"""Submit what was typed in the composer: queue a message, store a note, or refuse it."""

from collections.abc import Mapping, Sequence

from tui.desk.actions import ConversationActions
from tui.desk.compose import ComposeState
from tui.desk.context import AppContext
from tui.desk.presence import Presence
from tui.desk.routes import Route, SendPlan
from tui.desk.send_checks import check_length, check_pictures
from tui.domain.conversation import Conversation
from tui.domain.mentions import find_mentions
from tui.domain.message import Message, MmsContent
from tui.domain.text import one_line
from tui.store.errors import StoreError

NO_CONVERSATION = "There is no conversation here: open one first"
NO_ACCOUNT = "No account is configured: smsdesk doctor tells how"


class NotSentError(Exception):
    """Raised when a message was not queued; the text is for the agent."""


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
        self._agent = context.agent
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
        if conversation.opted_out:
            key = self._keys["consent"]
            return f"This customer has opted out: nothing can be sent ({key} has more)"
        if self._compose.route is None:
            return NO_ACCOUNT
        holder, key = (
            await self._presence.acquire_compose_lock(force=force),
            self._keys["take_over"],
        )
        return f"{one_line(holder, 20)} is writing here: {key} takes over" if holder else ""

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
        compose = self._compose
        try:
            holder = await self._presence.acquire_compose_lock()
            problem = compose.find_objection(conversation, text, messages, self._keys, holder, plan)
            if problem or compose.route is None:
                raise NotSentError(problem or NO_ACCOUNT)
            # Save the draft first: a later write would bring back the text that was just queued.
            await compose.wait_until_saved()
            return await self._actions.queue_message(
                conversation,
                text,
                compose.route,
                seen_upto=compose.seen_upto,
                enclosed=compose.enclosed,
                plan=plan,
            )
        except StoreError as error:
            raise NotSentError(f"{error}; your text is kept") from error

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
        if not text.strip():
            raise NotSentError("Nothing to note yet: type it first")
        await self._compose.wait_until_saved()
        mentions = [name for name in find_mentions(text, colleagues) if name != self._agent]
        try:
            return await self._actions.add_note(conversation, text, mentions)
        except StoreError as error:
            raise NotSentError(f"{error}; your note is kept") from error

    async def retry_message(
        self, conversation: Conversation, message: Message, route: Route | None, newest_id: int
    ) -> Message:
        """Queue a failed message again, as a new message.

        Args:
            conversation: Conversation of the message.
            message: Message that failed.
            route: Account and sender to use now; None if there is no account.
            newest_id: Newest message that the agent has seen.

        Raises:
            NotSentError: The route cannot carry the message, or it could not be stored.
        """
        if route is None:
            raise NotSentError(NO_ACCOUNT)
        enclosed = MmsContent(message.media, message.subject)
        problems = [*check_length(message.body, route), *check_pictures(enclosed, route)]
        if problems:
            raise NotSentError(f"Not sent: {problems[0]} · send it through another account")
        try:
            return await self._actions.queue_message(
                conversation,
                message.body,
                route,
                seen_upto=newest_id,
                retry_of=message.id,
                enclosed=enclosed,
            )
        except StoreError as error:
            raise NotSentError(str(error)) from error
