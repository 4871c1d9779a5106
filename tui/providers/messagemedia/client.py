"""Send messages and fetch replies and receipts for a MessageMedia account (MessageMedia API)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Event, EventKind, EventPage, Receipt
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.providers import catalog
from tui.providers.answer import Answer
from tui.providers.errors import (
    CredentialsRefused,
    NotFound,
    NotPossible,
    ProviderError,
    UnreadableAnswer,
)
from tui.providers.http import HttpClient, Transport
from tui.providers.messagemedia.fields import can_confirm
from tui.providers.messagemedia.parse import (
    PAGE_SIZE,
    parse_balance,
    parse_body,
    parse_item,
    parse_receipts_page,
    parse_replies_page,
    parse_status,
)
from tui.providers.messagemedia.push import BODY_RULES, read_push
from tui.providers.messagemedia.sending import BatchSender
from tui.providers.messagemedia.signatures import (
    HMAC_ALGORITHMS,
    HmacSigner,
    InvalidPublicKey,
    PublicKey,
    load_public_key,
)
from tui.providers.messagemedia.trouble import describe_refusal, raise_for_refusal
from tui.providers.protocol import Outgoing, Push, PushAnswer, SendOutcome, SentPing

_MESSAGE_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_ANY_ANSWER = {"Accept": "text/plain, application/json, */*;q=0.5"}
"""Header of calls whose answer has no JSON: 202 to a confirmation, 200 to a cancel."""
_NO_CREDITS_STATUSES = frozenset({403, 404, 405, 410})


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
        public_path: str = "",
        validity: int = 0,
        metadata: Mapping[str, str] | None = None,
        charset: str = catalog.MESSAGEMEDIA.charset,
    ) -> None:
        """Create the client; raise `CredentialsRefused` if a setting cannot be used.

        Args:
            base_url: Address of the Messages API.
            api_key: API key of the account.
            api_secret: Secret of the API key.
            clock: Source of the current time.
            transport: Replaces the network in tests.
            auth: "basic" or one of `HMAC_ALGORITHMS`.
            sub_account: Account to act for; empty for the key's own.
            signature_key: Public key (base64) that pushes must be signed with.
            public_path: Path of the listener's public address before `/hooks/`.
            validity: How long a message may wait for delivery (ms); 0 for the default.
            metadata: Pairs to send with every message; they come back with its events.
            charset: Charset of pushed texts that are not UTF-8 and declare none.
        """
        _check_settings(auth, api_key, sub_account)
        self._signature_key = _load_signature_key(signature_key)
        self._public_path = public_path
        self._rules = replace(BODY_RULES, charset=charset)
        uses_hmac = auth in HMAC_ALGORITHMS
        self._http = HttpClient(
            base_url,
            clock=clock,
            basic=None if uses_hmac else (api_key, api_secret),
            signer=HmacSigner(api_key, api_secret, auth, clock) if uses_hmac else None,
            headers={"Account": sub_account} if sub_account else None,
            transport=transport,
            name=catalog.MESSAGEMEDIA.title,
        )
        self._batch_sender = BatchSender(self._http, clock, validity, metadata or {})

    @property
    def capabilities(self) -> Capabilities:
        """Return what a MessageMedia account can do."""
        return catalog.MESSAGEMEDIA.capabilities

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send 1 to 100 messages (MessageMedia API, send).

        If the provider refuses the batch because of some messages, those are `SendRefused`
        and the rest is sent once more: nothing was sent the first time. A `SendRefused` can
        also hold `Uncertain`, `Unavailable` or `RateLimited` if other messages of the batch
        had another outcome.
        """
        return await self._batch_sender.send_messages(messages)

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Return the current status (MessageMedia API, status); `NotFound` after 45 days."""
        answer = await self._http.send_request("GET", _build_message_path(provider_id))
        raise_for_refusal(answer, by_id=True)
        return parse_status(parse_body(answer), provider_id)

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a message that is still scheduled (MessageMedia API, cancel).

        Repeating it does no harm; `NotPossible` if the message is no longer scheduled.
        """
        answer = await self._http.send_request(
            "PUT",
            _build_message_path(provider_id),
            json_body={"status": "cancelled"},
            headers=_ANY_ANSWER,
        )
        # 400 also answers a repeated cancel, so the current status decides.
        if answer.status == 400:
            await self._explain_refused_cancel(provider_id, answer)
        else:
            raise_for_refusal(answer, by_id=True)

    async def _explain_refused_cancel(self, provider_id: str, answer: Answer) -> None:
        """Return if the message is cancelled already; otherwise raise with its status."""
        try:
            receipt = await self.look_up_message(provider_id)
        except ProviderError:
            where = "no longer scheduled at MessageMedia"
        else:
            if receipt.status is Status.CANCELLED:
                return
            where = f'already "{one_line(receipt.word, 40)}" at MessageMedia'
        line = f"Too late to cancel: the message is {where}"
        raise NotPossible(line, code="400", detail=describe_refusal(answer))

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Return the oldest unconfirmed replies, at most 100; `cursor` is not used."""
        return parse_replies_page(await self._get_json("/v1/replies"))

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Confirm that these replies are stored."""
        await self._confirm_events("/v1/replies/confirmed", "reply_ids", event_ids)

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Return the oldest unconfirmed delivery reports, at most 100; `cursor` is not used."""
        return parse_receipts_page(await self._get_json("/v1/delivery_reports"))

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Confirm that these delivery reports are stored."""
        await self._confirm_events(
            "/v1/delivery_reports/confirmed", "delivery_report_ids", event_ids
        )

    async def fetch_receipts_by_id(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Raise `NotPossible`: MessageMedia returns delivery reports by the page."""
        raise NotPossible("MessageMedia lists its reports by page, not by message")

    async def fetch_balance(self) -> Balance:
        """Return the credits of a prepaid account; their shape is not documented."""
        answer = await self._http.send_request("GET", "/v1/messaging/credits")
        if answer.status in _NO_CREDITS_STATUSES:
            line = "MessageMedia reports no credits for this account"
            raise NotPossible(line, code=str(answer.status), detail=describe_refusal(answer))
        raise_for_refusal(answer)
        return parse_balance(parse_body(answer))

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Raise `NotPossible`: MessageMedia has no ping."""
        raise NotPossible("MessageMedia cannot ping a phone")

    async def check_credentials(self) -> str:
        """Fetch the replies without confirming any, which changes nothing."""
        waiting = len(parse_replies_page(await self._get_json("/v1/replies")).events)
        return f"MessageMedia accepts the key; replies waiting: {waiting}"

    def read_push(self, push: Push) -> PushAnswer:
        """Return the replies, reports and opt-outs in a push (MessageMedia API, pushes)."""
        return read_push(push, self._signature_key, self._public_path, self._rules)

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Parse a reply or a delivery report again."""
        return parse_item(kind, item)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _get_json(self, path: str) -> Any:
        """Return the JSON of a page."""
        answer = await self._http.send_request("GET", path)
        raise_for_refusal(answer)
        return parse_body(answer)

    async def _confirm_events(self, path: str, name: str, event_ids: Sequence[str]) -> None:
        """Confirm events in groups of 100; skip ids that this desk made itself."""
        ids = [event_id for event_id in event_ids if can_confirm(event_id)]
        refused = 0
        for start in range(0, len(ids), PAGE_SIZE):
            group = ids[start : start + PAGE_SIZE]
            refused += len(group) - await self._confirm_group(path, name, group)
        if refused:
            raise UnreadableAnswer(f"MessageMedia refuses to confirm {refused} of {len(ids)}")

    async def _confirm_group(self, path: str, name: str, ids: Sequence[str]) -> int:
        """Return how many ids were confirmed; split the group if the provider refuses it.

        The answer does not say which id is wrong, and one wrong id must not block the
        others.
        """
        answer = await self._http.send_request(
            "POST", path, json_body={name: list(ids)}, headers=_ANY_ANSWER
        )
        if answer.status != 400:
            raise_for_refusal(answer)
            return len(ids)
        half = len(ids) // 2
        halves = (ids[:half], ids[half:]) if half else ()
        return sum([await self._confirm_group(path, name, part) for part in halves])


def _check_settings(auth: str, api_key: str, sub_account: str) -> None:
    """Raise `CredentialsRefused` for settings that cannot be put into a request."""
    if auth != "basic" and auth not in HMAC_ALGORITHMS:
        known = ", ".join(["basic", *HMAC_ALGORITHMS])
        raise CredentialsRefused(f"auth must be one of {known}")
    for name, value in (("api_key", api_key), ("sub_account", sub_account)):
        if not (value.isascii() and value.isprintable()):
            raise CredentialsRefused(f"{name} holds characters that MessageMedia never uses")


def _load_signature_key(text: str) -> PublicKey | None:
    """Return the public key that pushes are signed with, or None if none is configured."""
    try:
        return load_public_key(text) if text.strip() else None
    except InvalidPublicKey as error:
        raise CredentialsRefused(f"signature_key cannot be used: {error}") from None


def _build_message_path(provider_id: str) -> str:
    """Return the path of one message; raise `NotFound` for an id that cannot be one."""
    # Without this check an id with "/" or "?" would address another part of the API.
    if not _MESSAGE_ID.fullmatch(provider_id):
        raise NotFound("MessageMedia does not know this message: its id has another form")
    return f"/v1/messages/{provider_id}"
