"""The SerwerSMS account: one method of the desk, one action of the API."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Page, Receipt, Reply
from tui.domain.ids import from_reference
from tui.domain.message import Format
from tui.providers import abilities
from tui.providers.errors import (
    MessageInvalid,
    NotFound,
    NotPossible,
    OptedOut,
    Unreadable,
)
from tui.providers.http import Transport
from tui.providers.masking import Mask
from tui.providers.protocol import Outcome, Outgoing, Presence, Push, PushAnswer, Refused
from tui.providers.serwersms import push as pushes
from tui.providers.serwersms.account import Account
from tui.providers.serwersms.api import Api
from tui.providers.serwersms.cursor import PAGE_SIZE, has_more, read_cursor
from tui.providers.serwersms.fields import Item, count_of, flag_of, items_of
from tui.providers.serwersms.parse import read_limits, read_outcome, read_report
from tui.providers.serwersms.push import PushNames
from tui.providers.serwersms.replies import read_reply
from tui.providers.serwersms.sending import send_fields

_ASK_BATCH = abilities.SERWERSMS.ask_batch
_INCOMING = "messages/recived"
_INCOMING_RENAMED = "messages/received"
"""What the newest clients call; the documentation keeps the other spelling."""
_UNKNOWN_ACTION = "1000"
_PROVIDER_ID_LENGTH = 10
_NO_CONFIRMING = "SerwerSMS has nothing to confirm: it is asked by date"


class SerwerSms:
    """SerwerSMS.pl, HTTPS API v2."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        api_secret: str,
        clock: Clock,
        transport: Transport | None = None,
        api_token: str = "",
        time_zone: str = "Europe/Warsaw",
        push_names: PushNames | None = None,
    ) -> None:
        """`api_key` and `api_secret` are user and password; `api_token` stands for both.

        `time_zone` is the zone in which the account's dates are written.
        """
        self._clock = clock
        mask = Mask(api_secret, api_token)
        self._account = Account(ZoneInfo(time_zone), mask)
        self._push_names = push_names or PushNames()
        self._incoming = _INCOMING
        self._api = Api(
            base_url,
            username=api_key,
            password=api_secret,
            token=api_token,
            mask=mask,
            clock=clock,
            transport=transport,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What a SerwerSMS account can do."""
        return abilities.SERWERSMS

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand over one message. Source: sending SMS with the same content."""
        return [await self._send(message) for message in messages]

    async def look_up(self, provider_id: str) -> Receipt:
        """The present status of one message, by SerwerSMS's id or by our own reference.

        So a send without an answer can be looked up. Source: delivery reports, `messages/view`.
        """
        asked = _identified(provider_id)
        body = await self._api.call("messages/view", asked)
        items = items_of(body)
        report = body if items is None else next(iter(items), {})
        if not report:
            raise NotFound("SerwerSMS does not know this message")
        receipt = read_report(report, self._account, self._clock.now())
        if receipt is None:
            raise Unreadable("SerwerSMS described the message in an unknown form")
        return replace(receipt, reference=asked.get("unique_id", receipt.reference))

    async def cancel(self, provider_id: str) -> None:
        """Take back a scheduled message. Source: deleting scheduled messages."""
        body = await self._api.call("messages/delete", _identified(provider_id))
        if not flag_of(body, "success") or ("correct" in body and not count_of(body, "correct")):
            raise NotPossible("Too late: SerwerSMS no longer holds this message back")

    async def replies(self, cursor: str) -> Page:
        """A page of incoming messages of every type. Source: incoming messages."""
        now = self._clock.now()
        place = read_cursor(cursor, now)
        body = await self._call_incoming(
            {
                "date_from": place.date_from(self._account.zone),
                "page": place.page,
                "limit": PAGE_SIZE,
                "order": "asc",
            }
        )
        items = _listed(body)
        events = [read_reply(item, self._account) for item in items]
        times = [event.received_at or 0 for event in events if isinstance(event, Reply)]
        more = has_more(
            body, page=place.page, count=len(items), seen=place.seen + len(items), limit=PAGE_SIZE
        )
        events.sort(key=lambda event: (event.received_at or 0) if isinstance(event, Reply) else 0)
        after = place.after(times, len(items), more=more, now=now)
        return Page(events=tuple(events), more=more, cursor=str(after))

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Not offered: marking as read would lose what a broken answer carried."""
        raise NotPossible(_NO_CONFIRMING)

    async def receipts(self, cursor: str) -> Page:
        """Not offered: reports are asked for by message."""
        raise NotPossible("SerwerSMS tells reports by message id only")

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Not offered."""
        raise NotPossible(_NO_CONFIRMING)

    async def ask_receipts(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """The reports of these messages, 500 in one request. Source: delivery reports.

        An id that is missing from the answer is passed over: it may be too new, and
        `receipts_last_ms` ends the asking.
        """
        found: dict[str, Receipt] = {}
        for start in range(0, len(provider_ids), _ASK_BATCH):
            found |= await self._reports(provider_ids[start : start + _ASK_BATCH])
        return list(found.values())

    async def balance(self) -> Balance:
        """Messages left of each type; ask at most hourly. Source: account balance."""
        return read_limits(await self._api.call("account/limits", {"show_type": True}))

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """Not offered."""
        raise NotPossible("SerwerSMS cannot tell whether a phone is on")

    async def check(self) -> str:
        """Prove the credentials by asking for the limits."""
        left = await self.balance()
        return f"SerwerSMS accepts the credentials; left: {left.text or 'nothing named'}"

    def read_push(self, push: Push) -> PushAnswer:
        """The reply or report in a pushed request; the answer is `OK`."""
        return pushes.read(push, self._push_names, self._account)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()

    async def _send(self, message: Outgoing) -> Outcome:
        """One message; what holds for the whole account is raised."""
        if message.format is not Format.SMS:
            return Refused(NotPossible("smsdesk sends only SMS through SerwerSMS"))
        try:
            fields = send_fields(message, self._account.zone, self._push_names)
            body = await self._api.call("messages/send_sms", fields, effect=True)
        except (MessageInvalid, OptedOut, NotFound, NotPossible) as error:
            return Refused(error)
        return read_outcome(body, self._account, scheduled=message.scheduled_at is not None)

    async def _call_incoming(self, fields: Item) -> dict[str, Any]:
        """Ask for incoming messages, under the other spelling where the first is unknown."""
        try:
            return await self._api.call(self._incoming, fields)
        except NotPossible as error:
            if error.code != _UNKNOWN_ACTION or self._incoming == _INCOMING_RENAMED:
                raise
        self._incoming = _INCOMING_RENAMED
        return await self._api.call(self._incoming, fields)

    async def _reports(self, ids: Sequence[str]) -> dict[str, Receipt]:
        """The reports of at most 500 messages, from as many pages as it takes."""
        found: dict[str, Receipt] = {}
        page, seen, more = 1, 0, True
        while more:
            fields = {"id": list(ids), "page": page, "limit": _ASK_BATCH}
            body = await self._api.call("messages/reports", fields)
            items, before = _listed(body), len(found)
            for item in items:
                receipt = read_report(item, self._account, self._clock.now())
                if receipt is not None and receipt.provider_id:
                    found[receipt.provider_id] = receipt
            seen += len(items)
            more = before < len(found) < len(ids) and has_more(
                body, page=page, count=len(items), seen=seen, limit=_ASK_BATCH
            )
            page += 1
        return found


def _identified(identity: str) -> dict[str, str]:
    """The field that names a message: our reference is longer than any id of SerwerSMS."""
    ours = len(identity) > _PROVIDER_ID_LENGTH and from_reference(identity) is not None
    return {"unique_id" if ours else "id": identity}


def _listed(body: Item) -> list[Any]:
    """The items of a page; a page without any list cannot be trusted to be empty."""
    items = items_of(body)
    if items is None:
        raise Unreadable("SerwerSMS answered without a list of items")
    return items
