"""Cancel scheduled messages: by an agent's request, or because the customer has opted out."""

from tui.domain.message import Message
from tui.domain.text import repair_text
from tui.providers.errors import NotFound, NotPossible, ProviderError
from tui.sync.hands import SyncContext
from tui.sync.ingest import store_events
from tui.sync.lane import RoundResult
from tui.sync.served import ServedAccount


class Canceller:
    """Cancel the messages of one account."""

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the canceller of one account.

        Args:
            account: Account to serve.
            context: Shared services of sync.
        """
        self._account = account
        self._context = context

    async def run_round(self) -> RoundResult:
        """Carry out every request; raise `ProviderError` if the provider cannot be reached.

        An error with one message does not delay the others.
        """
        messages = await self._context.store.outbox.list_cancel_requests(self._account.name)
        first_error: ProviderError | None = None
        for message in messages:
            try:
                await self._cancel_message(message)
            except ProviderError as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error
        return RoundResult(0.0 if messages else None, answered=bool(messages))

    async def _cancel_message(self, message: Message) -> None:
        """Cancel one message, or record why it cannot be cancelled."""
        outbox = self._context.store.outbox
        try:
            await self._account.provider.cancel_message(message.provider_id)
        except (NotPossible, NotFound) as error:
            await outbox.record_cancel_refused(message.id, repair_text(error.message))
            await self._refresh_status(message)
        else:
            await outbox.record_cancelled(message.id)

    async def _refresh_status(self, message: Message) -> None:
        """Store the current status of a message that could not be cancelled any more."""
        if not self._account.provider.capabilities.can_look_up:
            return
        try:
            receipt = await self._account.provider.look_up_message(message.provider_id)
        except ProviderError as error:
            self._context.log(
                "no news of a message", account=self._account.name, line=error.message
            )
            return
        await store_events(self._context.store, self._account.name, [receipt])
