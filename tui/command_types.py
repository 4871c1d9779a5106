"""Define what a command is: its scope, its keys and its texts. `commands.py` lists them all."""

from enum import StrEnum

from tui.domain.record_type import record


class Scope(StrEnum):
    """What a command is about; the value is also the heading of its part of the help."""

    CONVERSATIONS = "Conversations"
    CONVERSATION = "Conversation"
    MESSAGES = "Messages"
    FAILED = "Failed messages"
    CUSTOMER = "Customer"
    TRIAGE = "Triage mode"
    COMPOSE = "Writing"
    GENERAL = "General"

    @property
    def module(self) -> str:
        """Return the name of the module in `tui.handlers` with the functions of the scope."""
        return self.name.lower()

    @property
    def is_about_conversation(self) -> bool:
        """Return whether the commands act on the conversation that is open."""
        return self not in (Scope.CONVERSATIONS, Scope.TRIAGE, Scope.GENERAL)


@record
class Command:
    """One thing that an agent can do with a key, or with a word in line mode."""

    scope: Scope
    id: str
    """Name of the command in the settings' `[keys]` and of its handlers."""
    keys: tuple[str, ...]
    """Keys as Textual names them; "g g" means one key after another."""
    title: str
    """Name of the command in the palette and in the help."""
    description: str
    """One sentence for the help, the help of line mode and the tooltip."""
    words: tuple[str, ...] = ()
    """What an agent types for it in line mode, the shortest first; empty if it is not there.

    Two commands can share a word if only one of them is about the open conversation.
    """
    bar_label: str = ""
    """Label in the key bar; empty if the command is not shown there."""
    review_key: str = ""
    """Answer that runs it when line mode asks whether to send a reply."""
