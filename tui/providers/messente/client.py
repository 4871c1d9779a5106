"""A Messente account: the API that sends, the classic host for the balance, the pushes."""

from collections.abc import Sequence
from typing import Literal, Protocol

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Page, Receipt
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers.abilities import capabilities_of
from tui.providers.errors import (
    MessageInvalid,
    NotFound,
    NotPossible,
    OptedOut,
    ProviderError,
    Unreadable,
)
from tui.providers.http import Http, Transport
from tui.providers.messente.classic import Classic
from tui.providers.messente.keys import Keys
from tui.providers.messente.omnichannel import Omnichannel
from tui.providers.messente.parse import digest
from tui.providers.messente.push import read_push
from tui.providers.protocol import Accepted, Outcome, Outgoing, Presence, Push, PushAnswer, Refused

BASE_URL = "https://api.messente.com"
CLASSIC_URL = "https://api2.messente.com"
BACKUP_URL = "https://api3.messente.com"
_NO_PAGES = "Messente pushes replies and receipts and has no list of them"


class _Api(Protocol):
    """What both APIs can do, each in its own way."""

    async def send(self, message: Outgoing) -> Accepted:
        """Hand over one message."""
        ...

    async def look_up(self, provider_id: str) -> Receipt:
        """The present state of one message."""
        ...

    async def cancel(self, provider_id: str) -> None:
        """Take back a scheduled message; `NotFound` when it is too late or the id is unknown."""
        ...

    async def prove(self) -> str:
        """One line that says that the key is accepted."""
        ...


class Messente:
    """One API key of Messente, behind the `Provider` protocol."""

    def __init__(
        self,
        *,
        api_key: str,
        api_secret: str,
        clock: Clock,
        base_url: str = BASE_URL,
        transport: Transport | None = None,
        api: Literal["omnichannel", "classic"] = "omnichannel",
        classic_url: str = "",
        backup_url: str = "",
        inbound_secret: str = "",
    ) -> None:
        """`api_key` and `api_secret` are the API key's username and password.

        `base_url` is the Omnichannel host, with or without `/v1`. Without `classic_url` the
        classic calls go to Messente's own hosts, or to `base_url` where that is another one.
        """
        base_url = base_url.rstrip("/").removesuffix("/v1")
        keys = Keys(api_key, api_secret, inbound_secret)

        def open_host(url: str) -> Http:
            """A client without HTTP credentials: the classic API takes them in the form."""
            return Http(url, clock=clock, transport=transport, name="Messente")

        urls = _classic_urls(base_url, classic_url, backup_url)
        self._classic = Classic(urls, keys=keys, clock=clock, open_host=open_host)
        self._omnichannel: Omnichannel | None = None
        if api == "omnichannel":
            login = (api_key, api_secret)
            http = Http(base_url, clock=clock, basic=login, transport=transport, name="Messente")
            self._omnichannel = Omnichannel(http, keys=keys, clock=clock)
        self._api: _Api = self._omnichannel or self._classic
        self._keys = keys
        self._capabilities = capabilities_of("messente", {"api": api})

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do."""
        return self._capabilities

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand over one message: a lost answer then never leaves a second one in doubt."""
        if len(messages) != 1:
            raise NotPossible("Messente is handed one message at a time; nothing was sent")
        message = messages[0]
        if message.format is not Format.SMS or message.media:
            line = "Messente is only used for plain SMS; nothing was sent"
            return [Refused(MessageInvalid(line, field="format"))]
        try:
            return [await self._api.send(message)]
        except (MessageInvalid, OptedOut) as error:
            return [Refused(error)]

    async def look_up(self, provider_id: str) -> Receipt:
        """The present status of one message, asked of the API that sends."""
        return await self._api.look_up(provider_id)

    async def cancel(self, provider_id: str) -> None:
        """Take back a scheduled message; where that fails the status tells why."""
        try:
            await self._api.cancel(provider_id)
        except NotFound:
            await self._explain(provider_id)

    async def _explain(self, provider_id: str) -> None:
        """Raise why a message cannot be cancelled; return when it is cancelled already."""
        receipt = await self._api.look_up(provider_id)
        if receipt.status is Status.CANCELLED:
            return
        state = f": Messente says {receipt.word}" if receipt.word else ""
        raise NotPossible(f"It is too late to cancel this message{state}", code=receipt.code)

    async def replies(self, cursor: str) -> Page:
        """Not offered: customers' texts are pushed."""
        raise NotPossible(_NO_PAGES)

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Not offered: the answer to the push confirms."""
        raise NotPossible(_NO_PAGES)

    async def receipts(self, cursor: str) -> Page:
        """Not offered: receipts are pushed, or asked for by id."""
        raise NotPossible(_NO_PAGES)

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Not offered: the answer to the push confirms."""
        raise NotPossible(_NO_PAGES)

    async def ask_receipts(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """News of these messages, one request each; trouble is raised when there is no news.

        An unreadable answer or a refusal about one message does not keep the others waiting.
        """
        receipts: list[Receipt] = []
        trouble: ProviderError | None = None
        for provider_id in provider_ids:
            try:
                receipts.append(await self._ask_receipt(provider_id))
            except (Unreadable, NotPossible) as error:
                trouble = error
            except ProviderError as error:
                trouble = error
                break
        if trouble and not receipts:
            raise trouble
        return [receipt for receipt in receipts if receipt.word or receipt.ends_reports]

    async def _ask_receipt(self, provider_id: str) -> Receipt:
        """The present status, or the notice that Messente has forgotten the message."""
        try:
            return await self._api.look_up(provider_id)
        except NotFound as error:
            return Receipt(
                event_id=digest("forgotten", provider_id.casefold()),
                status=None,
                word="",
                at=None,
                raw="",
                provider_id=provider_id,
                code=error.code,
                reason="Messente has no report for this message, or no longer",
                ends_reports=True,
            )

    async def balance(self) -> Balance:
        """The credit in euros; only the classic host tells."""
        return await self._classic.balance()

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """Not offered."""
        raise NotPossible("Messente cannot tell whether a phone is on")

    async def check(self) -> str:
        """Prove the API key by a call that changes nothing."""
        return await self._api.prove()

    def read_push(self, push: Push) -> PushAnswer:
        """The event in a pushed request; `CredentialsRefused` when its signature is wrong."""
        return read_push(push, keys=self._keys, unsigned=self._omnichannel is None)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._omnichannel:
            await self._omnichannel.aclose()
        await self._classic.aclose()


def _classic_urls(base_url: str, classic_url: str, backup_url: str) -> list[str]:
    """The classic hosts in order; the real ones only for an account at the real Messente."""
    real = base_url == BASE_URL
    first = classic_url or (CLASSIC_URL if real else base_url)
    backup = backup_url or (BACKUP_URL if first.rstrip("/") == CLASSIC_URL else "")
    return [first, backup] if backup and backup != first else [first]
