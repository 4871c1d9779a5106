"""Connect a Messente account: sending API, classic host for the balance, and pushes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Protocol

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Event, EventKind, EventPage, Receipt
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers import catalog
from tui.providers.errors import (
    MessageInvalid,
    NotFound,
    NotPossible,
    ProviderError,
    RecipientOptedOut,
    UnreadableAnswer,
)
from tui.providers.http import HttpClient, Transport
from tui.providers.messente.classic import ClassicApi
from tui.providers.messente.keys import AccountKeys
from tui.providers.messente.omnichannel import OmnichannelApi
from tui.providers.messente.parse import make_event_id
from tui.providers.messente.push import BODY_RULES, parse_push
from tui.providers.protocol import (
    Outgoing,
    Push,
    PushAnswer,
    SendAccepted,
    SendOutcome,
    SendRefused,
    SentPing,
)

_TITLE = catalog.MESSENTE.title
_URLS = catalog.MESSENTE.default_urls
_NO_LISTS = "Messente pushes replies and receipts and has no list of them"


class _MessageApi(Protocol):
    """Calls that both APIs can make."""

    async def send_message(self, message: Outgoing) -> SendAccepted:
        """Send one message."""
        ...

    async def fetch_receipt(self, provider_id: str) -> Receipt:
        """Return the current state of one message."""
        ...

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a scheduled message.

        Raises:
            NotFound: If it is too late or the id is unknown.
        """
        ...

    async def verify_credentials(self) -> str:
        """Return one line that confirms that the API key is accepted."""
        ...


class Messente:
    """Use one API key of Messente through the `Provider` protocol."""

    def __init__(
        self,
        *,
        api_key: str,
        api_secret: str,
        clock: Clock,
        base_url: str = catalog.MESSENTE.base_url,
        transport: Transport | None = None,
        api: Literal["omnichannel", "classic"] = "omnichannel",
        classic_url: str = "",
        backup_url: str = "",
        inbound_secret: str = "",
        validity: int = 0,
        charset: str = catalog.MESSENTE.charset,
    ) -> None:
        """Create the client of one account.

        Without `classic_url` the classic calls go to Messente's own hosts, or to `base_url`
        if that is another host.

        Args:
            api_key: Username of the API key.
            api_secret: Password of the API key.
            clock: Source of the current time.
            base_url: Omnichannel host, with or without `/v1`.
            transport: HTTP transport; None for the network.
            api: API that sends.
            classic_url: Host of the classic API; empty for the default.
            backup_url: Backup host of the classic API; empty for the default.
            inbound_secret: Shared secret of inbound messages; empty if the password signs
                them.
            validity: How long delivery is tried (ms); 0 for the default of 6 hours.
            charset: Charset of pushed texts that are not UTF-8 and declare none.
        """
        base_url = base_url.rstrip("/").removesuffix("/v1")
        keys = AccountKeys(api_key, api_secret, inbound_secret)

        def open_host(url: str) -> HttpClient:
            """Create a client without HTTP credentials; the form carries them."""
            return HttpClient(url, clock=clock, transport=transport, name=_TITLE)

        urls = _list_classic_urls(base_url, classic_url, backup_url)
        self._classic = ClassicApi(urls, keys=keys, clock=clock, open_host=open_host)
        self._omnichannel: OmnichannelApi | None = None
        if api == "omnichannel":
            login = (api_key, api_secret)
            http = HttpClient(base_url, clock=clock, basic=login, transport=transport, name=_TITLE)
            self._omnichannel = OmnichannelApi(http, keys=keys, clock=clock)
        self._api: _MessageApi = self._omnichannel or self._classic
        self._keys = keys
        self._rules = replace(BODY_RULES, charset=charset)
        self._validity = validity
        self._capabilities = catalog.get_capabilities("messente", {"api": api})

    @property
    def capabilities(self) -> Capabilities:
        """Return what this account can do."""
        return self._capabilities

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send one message.

        Only one per call, so that a lost answer never leaves a second message uncertain.

        Args:
            messages: Exactly one message.
        """
        if len(messages) != 1:
            raise NotPossible("Messente accepts one message at a time; nothing was sent")
        message = messages[0]
        if message.format is not Format.SMS or message.media:
            line = "Messente is only used for plain SMS; nothing was sent"
            return [SendRefused(MessageInvalid(line, field="format"))]
        try:
            limited = replace(message, valid_for=message.valid_for or self._validity)
            return [await self._api.send_message(limited)]
        except (MessageInvalid, RecipientOptedOut) as error:
            return [SendRefused(error)]

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Return the current status of one message, from the API that sends."""
        return await self._api.fetch_receipt(provider_id)

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a scheduled message; if that fails, look up the status for the reason."""
        try:
            await self._api.cancel_message(provider_id)
        except NotFound:
            await self._explain_refused_cancel(provider_id)

    async def _explain_refused_cancel(self, provider_id: str) -> None:
        """Raise why a message cannot be cancelled; return if it is cancelled already."""
        receipt = await self._api.fetch_receipt(provider_id)
        if receipt.status is Status.CANCELLED:
            return
        state = f": Messente says {receipt.word}" if receipt.word else ""
        raise NotPossible(f"It is too late to cancel this message{state}", code=receipt.code)

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: replies are pushed."""
        raise NotPossible(_NO_LISTS)

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: the answer to the push is the confirmation."""
        raise NotPossible(_NO_LISTS)

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: receipts are pushed, or requested by id."""
        raise NotPossible(_NO_LISTS)

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: the answer to the push is the confirmation."""
        raise NotPossible(_NO_LISTS)

    async def fetch_receipts_by_id(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Request the receipts of these messages, one request each.

        An unreadable answer or a refusal about one message does not delay the others. An
        error is raised only if there is no receipt at all.

        Args:
            provider_ids: Messente's message ids.
        """
        receipts: list[Receipt] = []
        last_error: ProviderError | None = None
        for provider_id in provider_ids:
            try:
                receipts.append(await self._fetch_receipt(provider_id))
            except (UnreadableAnswer, NotPossible) as error:
                last_error = error
            except ProviderError as error:
                last_error = error
                # The account or the network has failed: the next requests would fail, too.
                break
        if last_error and not receipts:
            raise last_error
        return [receipt for receipt in receipts if receipt.word or receipt.is_last_report]

    async def _fetch_receipt(self, provider_id: str) -> Receipt:
        """Return the current status; for a forgotten message, end its polling."""
        try:
            return await self._api.fetch_receipt(provider_id)
        except NotFound as error:
            return Receipt(
                event_id=make_event_id("forgotten", provider_id.casefold()),
                status=None,
                word="",
                at=None,
                raw="",
                provider_id=provider_id,
                code=error.code,
                reason="Messente has no report for this message, or no longer",
                is_last_report=True,
            )

    async def fetch_balance(self) -> Balance:
        """Return the credit in euros, which only the classic host reports."""
        return await self._classic.fetch_balance()

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Raise `NotPossible`: Messente cannot ping a phone.

        Args:
            to: Number of the phone.
            reference: Our client reference.
        """
        raise NotPossible("Messente cannot ping a phone")

    async def check_credentials(self) -> str:
        """Verify the API key with a call that changes nothing."""
        return await self._api.verify_credentials()

    def read_push(self, push: Push) -> PushAnswer:
        """Return the event in a pushed request.

        Raises:
            CredentialsRefused: If its signature is wrong.
        """
        # Only the classic API sends receipts without a signature.
        unsigned = self._omnichannel is None
        return parse_push(push, keys=self._keys, unsigned=unsigned, rules=self._rules)

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Raise `NotPossible`: replies and receipts are pushed."""
        raise NotPossible(_NO_LISTS)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._omnichannel:
            await self._omnichannel.aclose()
        await self._classic.aclose()


def _list_classic_urls(base_url: str, classic_url: str, backup_url: str) -> list[str]:
    """Return the classic hosts in order.

    Messente's own hosts are used only for an account at Messente itself.
    """
    is_real = base_url == _URLS["base_url"]
    first = classic_url or (_URLS["classic_url"] if is_real else base_url)
    is_first_real = first.rstrip("/") == _URLS["classic_url"]
    backup = backup_url or (_URLS["backup_url"] if is_first_real else "")
    return [first, backup] if backup and backup != first else [first]
