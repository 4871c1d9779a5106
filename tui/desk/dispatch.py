"""From the composer to the store: a text is queued or noted, or it says why not."""

from collections.abc import Mapping, Sequence

from tui.desk.company import Company
from tui.desk.guards import too_colourful, too_much
from tui.desk.replying import Plan, Route
from tui.desk.sheet import Sheet
from tui.desk.thread_actions import ThreadActions
from tui.domain.conversation import Conversation
from tui.domain.mentions import mentioned
from tui.domain.message import Enclosed, Message
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.errors import StoreError

NO_CONVERSATION = "There is no conversation here: open one first"
NO_ACCOUNT = "No account is configured: smsdesk doctor tells how"


class NotSentError(Exception):
    """Nothing left the composer; the words are for the agent."""


class Dispatch:
    """Hands texts over for one agent."""

    def __init__(
        self,
        seat: Seat,
        actions: ThreadActions,
        sheet: Sheet,
        company: Company,
        keys: Mapping[str, str],
    ) -> None:
        """`keys` gives the first key of each command, for the words."""
        self._agent = seat.agent
        self._actions = actions
        self._sheet = sheet
        self._company = company
        self._keys = keys

    async def hindrance(self, conversation: Conversation | None, *, force: bool = False) -> str:
        """Why writing cannot begin; when it can, empty, and the pen is in this agent's hand.

        `force` takes it out of a colleague's.
        """
        if conversation is None:
            return NO_CONVERSATION
        if conversation.opted_out:
            key = self._keys["consent"]
            return f"This customer has opted out: nothing can be sent ({key} has more)"
        if self._sheet.route is None:
            return NO_ACCOUNT
        held, key = await self._company.take_pen(force=force), self._keys["take_over"]
        return f"{one_line(held, 20)} is writing here: {key} takes over" if held else ""

    async def reply(
        self,
        conversation: Conversation,
        text: str,
        messages: Sequence[Message],
        plan: Plan | None = None,
    ) -> Message:
        """Queue an answer; `messages` are those the agent sees. Raises `NotSentError`."""
        sheet = self._sheet
        try:
            held = await self._company.take_pen()
            problem = sheet.objection(conversation, text, messages, self._keys, held, plan)
            if problem or sheet.route is None:
                raise NotSentError(problem or NO_ACCOUNT)
            await sheet.flush()
            return await self._actions.send(
                conversation,
                text,
                sheet.route,
                seen_upto=sheet.seen_upto,
                enclosed=sheet.enclosed,
                plan=plan,
            )
        except StoreError as error:
            raise NotSentError(f"{error}; your text is kept") from error

    async def note(self, conversation: Conversation, text: str, colleagues: Sequence[str]) -> str:
        """Write a note down; returns the words for the agent. Raises `NotSentError`."""
        if not text.strip():
            raise NotSentError("Nothing to note yet: type it first")
        await self._sheet.flush()
        named = [name for name in mentioned(text, colleagues) if name != self._agent]
        try:
            return await self._actions.note(conversation, text, named)
        except StoreError as error:
            raise NotSentError(f"{error}; your note is kept") from error

    async def again(
        self, conversation: Conversation, message: Message, route: Route | None, newest_id: int
    ) -> Message:
        """Queue a failed message once more, as a new one. Raises `NotSentError`."""
        if route is None:
            raise NotSentError(NO_ACCOUNT)
        enclosed = Enclosed(message.media, message.subject)
        unfit = [*too_much(message.body, route), *too_colourful(enclosed, route)]
        if unfit:
            raise NotSentError(f"Not sent: {unfit[0]} · send it through another account")
        try:
            return await self._actions.send(
                conversation,
                message.body,
                route,
                seen_upto=newest_id,
                retry_of=message.id,
                enclosed=enclosed,
            )
        except StoreError as error:
            raise NotSentError(str(error)) from error
