"""Takes scheduled messages back: by an agent's wish, or because the customer has opted out."""

from tui.domain.message import Message
from tui.domain.text import repair
from tui.providers.errors import NotFound, NotPossible, ProviderError
from tui.sync.hands import Hands
from tui.sync.ingest import take_in
from tui.sync.lane import Rest
from tui.sync.served import ServedAccount


class Canceller:
    """Cancels for one account."""

    def __init__(self, account: ServedAccount, hands: Hands) -> None:
        """Nothing is asked yet."""
        self._account = account
        self._hands = hands

    async def round(self) -> Rest:
        """Carry out every wish; raises `ProviderError` when the provider cannot be asked.

        One message that cannot be asked about does not keep the others waiting.
        """
        messages = await self._hands.store.outbox.to_cancel(self._account.name)
        trouble: ProviderError | None = None
        for message in messages:
            try:
                await self._cancel(message)
            except ProviderError as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return Rest(0.0 if messages else None, contact=bool(messages))

    async def _cancel(self, message: Message) -> None:
        """One message: `cancelled`, or where it was with the reason why not."""
        outbox = self._hands.store.outbox
        try:
            await self._account.provider.cancel(message.provider_id)
        except (NotPossible, NotFound) as error:
            await outbox.refuse_cancel(message.id, repair(error.message))
            await self._look_again(message)
        else:
            await outbox.cancelled(message.id)

    async def _look_again(self, message: Message) -> None:
        """It was too late: the provider may say where the message is by now."""
        if not self._account.provider.capabilities.look_up:
            return
        try:
            receipt = await self._account.provider.look_up(message.provider_id)
        except ProviderError as error:
            self._hands.log("no news of a message", account=self._account.name, line=error.message)
            return
        await take_in(self._hands.store, self._account.name, [receipt])
