"""Refuse the calls that a provider without polling does not support."""

from collections.abc import Sequence

from tui.domain.events import Balance, EventPage, Receipt
from tui.providers.errors import NotPossible
from tui.providers.protocol import SentPing


class PushOnlyProvider:
    """Raise `NotPossible` with the reason from each call that is not supported."""

    def __init__(self, title: str) -> None:
        """Keep the provider's title for the error messages.

        Args:
            title: The provider's name as agents know it.
        """
        self._title = title

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Raise `NotPossible`: no call returns the status of a message."""
        raise NotPossible(f"{self._title} cannot be asked about a message: it only pushes news")

    async def cancel_message(self, provider_id: str) -> None:
        """Raise `NotPossible`: an accepted message cannot be cancelled."""
        raise NotPossible(f"{self._title} cannot take a message back")

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: replies are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for replies: it pushes them")

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: the answer to the push is the confirmation."""
        raise NotPossible(f"{self._title} takes no confirmation beside the answer to its push")

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: receipts are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for receipts: it pushes them")

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: the answer to the push is the confirmation."""
        raise NotPossible(f"{self._title} takes no confirmation beside the answer to its push")

    async def fetch_receipts_by_id(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Raise `NotPossible`: receipts are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for receipts: it pushes them")

    async def fetch_balance(self) -> Balance:
        """Raise `NotPossible`, unless the provider overrides it."""
        raise NotPossible(f"{self._title} does not tell the balance; its web account does")

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Raise `NotPossible`, unless the provider overrides it."""
        raise NotPossible(f"{self._title} cannot tell whether a phone is on")
