"""The MessageMedia account: messages out, replies and receipts in (MessageMedia API)."""

import re
from collections.abc import Sequence
from typing import Any

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Page, Receipt
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.providers import abilities
from tui.providers.errors import (
    CredentialsRefused,
    NotFound,
    NotPossible,
    ProviderError,
    Unreadable,
)
from tui.providers.http import Answer, Http, Transport
from tui.providers.messagemedia.auth import HMAC_ALGORITHMS, HmacSigner
from tui.providers.messagemedia.parse import (
    PAGE_SIZE,
    body_of,
    confirmable,
    read_balance,
    read_status,
    receipts_page,
    replies_page,
)
from tui.providers.messagemedia.push import read_push
from tui.providers.messagemedia.rsa import KeyUnreadable, PublicKey, load_public_key
from tui.providers.messagemedia.sending import Sending
from tui.providers.messagemedia.trouble import raise_for_refusal, words_of
from tui.providers.protocol import Outcome, Outgoing, Presence, Push, PushAnswer

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_NO_CREDITS = frozenset({403, 404, 405, 410})


class MessageMedia:
    """One MessageMedia account; implements `Provider`."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        api_secret: str,
        clock: Clock,
        transport: Transport | None = None,
        auth: str = "basic",
        sub_account: str = "",
        signature_key: str = "",
        validity: int = 0,
    ) -> None:
        """`auth` is "basic" or one of `HMAC_ALGORITHMS`; `sub_account` acts for that account.

        `signature_key` is the public key (base64) that pushes must be signed with; `validity` in
        ms is how long a message may wait for its delivery, 0 for the provider's own. Raises
        `CredentialsRefused` when one of them cannot be used.
        """
        _check_settings(auth, api_key, sub_account)
        self._signature_key = _public_key(signature_key)
        hmac = auth in HMAC_ALGORITHMS
        self._http = Http(
            base_url,
            clock=clock,
            basic=None if hmac else (api_key, api_secret),
            signer=HmacSigner(api_key, api_secret, auth, clock) if hmac else None,
            headers={"Account": sub_account} if sub_account else None,
            transport=transport,
            name="MessageMedia",
        )
        self._sending = Sending(self._http, clock, validity)

    @property
    def capabilities(self) -> Capabilities:
        """What a MessageMedia account can do."""
        return abilities.MESSAGEMEDIA

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand over 1 to 100 messages (MessageMedia API, send).

        When the provider refuses the batch because of some, those are `Refused` and the rest goes
        out once more: nothing was sent the first time. A `Refused` may also carry `Uncertain`,
        `Unavailable` or `RateLimited` where the others of the batch fared differently.
        """
        return await self._sending.send(messages)

    async def look_up(self, provider_id: str) -> Receipt:
        """The present status (MessageMedia API, status); `NotFound` after 45 days."""
        answer = await self._http.request("GET", _message_path(provider_id))
        raise_for_refusal(answer, by_id=True)
        return read_status(body_of(answer), provider_id)

    async def cancel(self, provider_id: str) -> None:
        """Take back a message that is still scheduled (MessageMedia API, cancel).

        Harmless when repeated; `NotPossible` when the message is past that.
        """
        answer = await self._http.request(
            "PUT", _message_path(provider_id), json_body={"status": "cancelled"}
        )
        if answer.status == 400:
            await self._explain_refused_cancel(provider_id, answer)
        else:
            raise_for_refusal(answer, by_id=True)

    async def _explain_refused_cancel(self, provider_id: str, answer: Answer) -> None:
        """Return when it is cancelled already; otherwise say where the message is by now."""
        try:
            receipt = await self.look_up(provider_id)
        except ProviderError:
            where = "not waiting at MessageMedia any more"
        else:
            if receipt.status is Status.CANCELLED:
                return
            where = f'already "{one_line(receipt.word, 40)}" at MessageMedia'
        line = f"Too late to cancel: the message is {where}"
        raise NotPossible(line, code="400", detail=words_of(answer))

    async def replies(self, cursor: str) -> Page:
        """The oldest unconfirmed replies, at most 100; `cursor` is not used."""
        return replies_page(await self._get("/v1/replies"))

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Tell that these replies are on disk."""
        await self._confirm("/v1/replies/confirmed", "reply_ids", event_ids)

    async def receipts(self, cursor: str) -> Page:
        """The oldest unconfirmed delivery reports, at most 100; `cursor` is not used."""
        return receipts_page(await self._get("/v1/delivery_reports"))

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Tell that these delivery reports are on disk."""
        await self._confirm("/v1/delivery_reports/confirmed", "delivery_report_ids", event_ids)

    async def ask_receipts(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Not needed here: MessageMedia hands out a page of reports."""
        raise NotPossible("MessageMedia hands out its reports by the page, not by message")

    async def balance(self) -> Balance:
        """The credits of a prepaid account, as they come: their shape is not documented."""
        answer = await self._http.request("GET", "/v1/messaging/credits")
        if answer.status in _NO_CREDITS:
            line = "MessageMedia tells no credits for this account"
            raise NotPossible(line, code=str(answer.status), detail=words_of(answer))
        raise_for_refusal(answer)
        return read_balance(body_of(answer))

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """Not offered by MessageMedia."""
        raise NotPossible("MessageMedia cannot ask whether a phone is on")

    async def check(self) -> str:
        """Look at the replies without confirming any: it changes nothing."""
        waiting = len(replies_page(await self._get("/v1/replies")).events)
        return f"MessageMedia accepts the key; replies waiting: {waiting}"

    def read_push(self, push: Push) -> PushAnswer:
        """The replies, reports and opt-outs in a pushed request (MessageMedia API, pushes)."""
        return read_push(push, self._signature_key)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _get(self, path: str) -> Any:
        """The JSON of a page."""
        answer = await self._http.request("GET", path)
        raise_for_refusal(answer)
        return body_of(answer)

    async def _confirm(self, path: str, name: str, event_ids: Sequence[str]) -> None:
        """Confirm in portions of 100; ids of our own stay here."""
        ids = [event_id for event_id in event_ids if confirmable(event_id)]
        for start in range(0, len(ids), PAGE_SIZE):
            if not await self._confirm_portion(path, name, ids[start : start + PAGE_SIZE]):
                raise Unreadable("MessageMedia refuses to confirm events: they will come again")

    async def _confirm_portion(self, path: str, name: str, ids: Sequence[str]) -> int:
        """How many were confirmed: an id that is refused must not hold up the others.

        The answer carries nothing to read.
        """
        answer = await self._http.request("POST", path, json_body={name: list(ids)})
        if answer.status != 400:
            raise_for_refusal(answer)
            return len(ids)
        half = len(ids) // 2
        halves = (ids[:half], ids[half:]) if half else ()
        return sum([await self._confirm_portion(path, name, part) for part in halves])


def _check_settings(auth: str, api_key: str, sub_account: str) -> None:
    """Refuse what could never be put into a request."""
    if auth != "basic" and auth not in HMAC_ALGORITHMS:
        known = ", ".join(["basic", *HMAC_ALGORITHMS])
        raise CredentialsRefused(f"auth must be one of {known}")
    for name, value in (("api_key", api_key), ("sub_account", sub_account)):
        if not (value.isascii() and value.isprintable()):
            raise CredentialsRefused(f"{name} holds characters that MessageMedia never uses")


def _public_key(text: str) -> PublicKey | None:
    """The key that pushes are signed with, None when none is configured."""
    try:
        return load_public_key(text) if text.strip() else None
    except KeyUnreadable as error:
        raise CredentialsRefused(f"signature_key cannot be used: {error}") from None


def _message_path(provider_id: str) -> str:
    """The path of one message; an id that cannot be one is answered without asking."""
    if not _ID.fullmatch(provider_id):
        raise NotFound("MessageMedia does not know this message: its id has another form")
    return f"/v1/messages/{provider_id}"
