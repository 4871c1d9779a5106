"""Show status messages of any widget, and report errors of the store without ending the app."""

from dataclasses import dataclass

from textual.message import Message

from tui.domain.text import one_line
from tui.store.errors import StoreError, Unreachable
from tui.terminal.private_api import HookedPump

_MAX_STATUS_CHARS = 300


@dataclass
class StatusMessage(Message):
    """A text for the agent; the inbox shows it for a while."""

    text: str
    replaces: str = ""
    """Text to remove, if this one is empty."""
    seconds: float | None = None
    """How long to show it; None for the usual time."""
    needs_reading: bool = False
    """Whether the agent may do something wrong without having read it."""


class SettingsSaved(Message):
    """The settings file has been written: its accounts are to be used at once."""


class RedrawRequest(Message):
    """Whatever the terminal shows is to be written again as a whole."""


class StoreReader(HookedPump):
    """Report errors of the store, which a widget may meet when it scrolls, grows or is updated.

    Textual ends a widget whose handler raises, and the whole app with it.
    """

    def show_status(
        self, text: str, seconds: float | None = None, *, needs_reading: bool = False
    ) -> None:
        """Show the agent a text for a while.

        Args:
            text: Text to show; it may contain outside text.
            seconds: How long to show it; None for the usual time.
            needs_reading: Whether the agent may do something wrong without having read it.
        """
        status = StatusMessage(one_line(text, _MAX_STATUS_CHARS), "", seconds, needs_reading)
        # Straight to the app: a message that bubbles up could arrive after that of the next key.
        self.app.post_message(status)

    def clear_status(self, text: str) -> None:
        """Remove a text, unless another one is shown by now.

        Args:
            text: Text that was shown.
        """
        if text:
            self.post_message(StatusMessage("", replaces=one_line(text, _MAX_STATUS_CHARS)))

    async def dispatch_message(self, message: Message) -> None:
        """Call the handlers of a message, and report errors of the store."""
        try:
            await super().dispatch_message(message)
        except Unreachable:
            pass  # a line of its own stays meanwhile, and a key has said more already
        except StoreError as error:
            self.show_status(str(error))
