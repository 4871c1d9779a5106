"""Words for the agent from wherever they arise; a store that refuses is said, and ends nothing."""

from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

from tui.domain.text import one_line
from tui.store.errors import StoreError

_LONGEST = 300


@dataclass
class Say(Message):
    """Words for the agent; the desk shows them for a while."""

    words: str
    instead_of: str = ""
    """Only while these words are shown; empty: whatever is."""


class Reader(MessagePump):
    """Reads the store when it scrolls, grows or is told of news: trouble is said, and it lives on.

    Textual ends a widget whose handler raises, and the whole app with it.
    """

    def say(self, words: str) -> None:
        """Tell the agent something, made of outside text perhaps.

        It goes straight to the app: what the next key says must not be older than this.
        """
        self.app.post_message(Say(one_line(words, _LONGEST)))

    def unsay(self, words: str) -> None:
        """Take back what was said, unless something else is shown by now."""
        if words:
            self.post_message(Say("", instead_of=one_line(words, _LONGEST)))

    async def _dispatch_message(self, message: Message) -> None:
        """Handle a message, with an ear for the store."""
        try:
            await super()._dispatch_message(message)
        except StoreError as error:
            self.say(str(error))
