"""Ask a command of the agent's own for help with a text: a reply, a translation, a correction.

The setting `assist` names the command (`tui.desk.helper_program` runs it). It reads what is wanted,
the draft and the newest texts, and prints its answer, which becomes a suggestion and nothing else.
"""

import shlex
from collections.abc import Sequence
from datetime import tzinfo
from enum import StrEnum

from tui.desk.message_text import MessageText
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.record_type import record
from tui.domain.text import one_line, to_printable
from tui.domain.typed_text import is_blank_text
from tui.store.messages import NEWEST
from tui.store.store import Store

OFF = 'No helper is set: assist = ["COMMAND"] in the settings switches it on (smsdesk help writing)'
"""Answer of the key while the setting is empty."""
NOTHING_TO_HELP_WITH = "Nothing to help with: no text is here yet"
CONSENT_CHOICE = "assist"
"""Name under which the store keeps which command an agent has agreed to."""
_MESSAGE_COUNT = 50
_INDENT = "  "
"""Before every line of outside text, so that none can pass for a heading."""


class Wish(StrEnum):
    """What the helper is asked for; the value is the first line of its input."""

    ANSWER = "answer"
    TRANSLATE = "translate"
    CORRECT = "correct"

    @property
    def label(self) -> str:
        """Return what an agent chooses."""
        return _TITLES[self][0]

    @property
    def task(self) -> str:
        """Return the sentence that the helper gets."""
        return _TITLES[self][1]


_TITLES = {
    Wish.ANSWER: (
        "Suggest a reply",
        "Write the next reply of the agent to the customer. Print nothing but its text.",
    ),
    Wish.TRANSLATE: (
        "Translate their last text",
        "Translate the last text of the customer for the agent. Print nothing but the translation.",
    ),
    Wish.CORRECT: (
        "Correct your draft",
        "Correct the spelling and grammar of the draft. Print nothing but the corrected draft.",
    ),
}


@record
class HelpRequest:
    """What is known when an agent asks for help."""

    conversation: Conversation
    agent: str
    draft: str = ""
    messages: Sequence[Message] = ()
    """Newest texts, oldest first; private notes are left out."""
    zone: tzinfo | None = None

    @property
    def last_text(self) -> str:
        """Return the newest text of the customer; "" if there is none."""
        texts = (m.body for m in reversed(self.messages) if m.direction is Direction.IN)
        return next((text for text in texts if not is_blank_text(text)), "")

    def list_wishes(self) -> list[Wish]:
        """Return what the helper can be asked for here, the most likely first."""
        is_answerable = not self.conversation.opted_out
        possible = {
            Wish.CORRECT: is_answerable and not is_blank_text(self.draft),
            Wish.ANSWER: is_answerable and bool(self.messages),
            Wish.TRANSLATE: bool(self.last_text),
        }
        return [wish for wish, is_possible in possible.items() if is_possible]

    def format_input(self, wish: Wish) -> str:
        """Return the standard input of the helper: headings, and indented text below them."""
        customer = one_line(self.conversation.name, 60)
        parts = [f"wish: {wish}", f"task: {wish.task}", f"agent: {one_line(self.agent, 40)}"]
        parts.append(f"customer: {customer}".rstrip())
        lines = [self._format_message(message, customer) for message in self.messages]
        sections = {"draft": [self.draft], "last text": [self.last_text], "conversation": lines}
        for heading, texts in sections.items():
            parts.append(f"{heading}:")
            parts += [_indent_lines(text) for text in texts if not is_blank_text(text)]
        return "\n".join(parts) + "\n"

    def _format_message(self, message: Message, customer: str) -> str:
        """Return one message with its time and author, without numbers and delivery states."""
        text = MessageText(message, customer or "customer", self.zone)
        return f"{text.timestamp}  {text.author}: {text.format_body(limit=None)}"


def _indent_lines(text: str) -> str:
    """Return a text with blanks before each of its lines."""
    return "\n".join(f"{_INDENT}{line}" for line in to_printable(text).splitlines())


async def read_request(
    store: Store, conversation: Conversation, agent: str, draft: str, zone: tzinfo | None
) -> HelpRequest:
    """Return what the helper can be asked about a conversation.

    Args:
        store: Store with the messages.
        conversation: Open conversation.
        agent: Name of the agent.
        draft: Text that the agent has begun; "" for none.
        zone: Time zone of the agent; None for the system's.

    Raises:
        StoreError: The messages cannot be read.
    """
    newest = await store.messages.list_before(conversation.id, NEWEST, _MESSAGE_COUNT)
    texts = tuple(m for m in newest if m.direction is not Direction.NOTE)
    return HelpRequest(conversation, agent, draft, texts, zone)


def format_command(command: Sequence[str]) -> str:
    """Return a command as it is shown to the agent."""
    return one_line(shlex.join(command), 60)


def describe_disclosure(command: Sequence[str]) -> str:
    """Return what leaves smsdesk, asked for once by agent and command."""
    return (
        f"The newest {_MESSAGE_COUNT} texts, the customer's name and your draft go to"
        f" {format_command(command)}; private notes and numbers do not"
    )
