"""An account as sync serves it."""

from dataclasses import dataclass, field

from tui.domain.ids import reference
from tui.domain.message import Message
from tui.providers.protocol import Outgoing, Provider


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """What serving an account needs."""

    name: str
    provider: Provider = field(repr=False)
    sender: str = ""
    """Who a message comes from when the agent chose nobody; empty: what the provider does."""
    hook_secret: str = field(default="", repr=False)
    """The secret part of the account's path at the listener; empty: no pushes are taken in."""
    callback_url: str = field(default="", repr=False)
    """Where the provider can push news of a message to, without the reference; empty: nowhere."""

    def outgoing(self, message: Message, to: str, now: int) -> Outgoing:
        """A queued message in the form a provider takes; a time that has passed means at once."""
        ours = reference(message.id)
        later = message.scheduled_at is not None and message.scheduled_at > now
        return Outgoing(
            reference=ours,
            to=to,
            text=message.body,
            sender=message.sender or self.sender,
            scheduled_at=message.scheduled_at if later else None,
            format=message.format,
            subject=message.subject,
            media=message.media,
            callback_url=f"{self.callback_url.rstrip('/')}/{ours}" if self.callback_url else "",
        )
