"""What a provider cannot do that is only ever heard through its pushes."""

from collections.abc import Sequence

from tui.domain.events import Balance, Page, Receipt
from tui.providers.errors import NotPossible
from tui.providers.protocol import Presence


class PushOnly:
    """The calls that such a provider has not, each refused with one line that says why."""

    def __init__(self, title: str) -> None:
        """`title` is the provider's name as people know it."""
        self._title = title

    async def look_up(self, provider_id: str) -> Receipt:
        """Refused: no call tells the state of a message."""
        raise NotPossible(f"{self._title} cannot be asked about a message: it only pushes news")

    async def cancel(self, provider_id: str) -> None:
        """Refused: what was handed over is gone."""
        raise NotPossible(f"{self._title} cannot take a message back")

    async def replies(self, cursor: str) -> Page:
        """Refused: replies are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for replies: it pushes them")

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Refused: the answer to the push is the confirmation."""
        raise NotPossible(f"{self._title} takes no confirmation beside the answer to its push")

    async def receipts(self, cursor: str) -> Page:
        """Refused: receipts are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for receipts: it pushes them")

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Refused: the answer to the push is the confirmation."""
        raise NotPossible(f"{self._title} takes no confirmation beside the answer to its push")

    async def ask_receipts(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Refused: receipts are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for receipts: it pushes them")

    async def balance(self) -> Balance:
        """Refused unless the provider has a call for it."""
        raise NotPossible(f"{self._title} does not tell the balance; its web account does")

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """Refused unless the provider has a call for it."""
        raise NotPossible(f"{self._title} cannot tell whether a phone is on")
