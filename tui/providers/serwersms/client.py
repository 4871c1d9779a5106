"""Connect a SerwerSMS account: each method calls one action of the API."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Event, EventKind, EventPage, Receipt, Reply, Unreadable
from tui.domain.ids import parse_reference
from tui.domain.message import Format
from tui.providers import catalog
from tui.providers.errors import (
    MessageInvalid,
    NotFound,
    NotPossible,
    RecipientOptedOut,
    UnreadableAnswer,
)
from tui.providers.http import Transport
from tui.providers.masking import SecretMask
from tui.providers.protocol import Outgoing, Push, PushAnswer, SendOutcome, SendRefused, SentPing
from tui.providers.serwersms import push as pushes
from tui.providers.serwersms.api import SerwerSmsApi, build_send_fields
from tui.providers.serwersms.cursor import PAGE_SIZE, has_more, parse_cursor
from tui.providers.serwersms.fields import (
    AccountContext,
    Item,
    read_count,
    read_flag,
    read_items,
    require_items,
)
from tui.providers.serwersms.incoming import parse_reply
from tui.providers.serwersms.parse import (
    parse_item,
    parse_limits,
    parse_outcome,
    parse_report,
    parse_report_item,
)
from tui.providers.serwersms.push import PushNames

_REPORT_BATCH = catalog.SERWERSMS.capabilities.receipt_batch
"""Messages whose reports are requested in one call."""
_INCOMING_ACTION = "messages/recived"
_INCOMING_ACTION_RENAMED = "messages/received"
"""Action that the newest clients call; the documentation has the other spelling."""
_UNKNOWN_ACTION_CODE = "1000"
_PROVIDER_ID_LENGTH = 10
_NOTHING_TO_CONFIRM = "SerwerSMS is polled by date and has nothing to confirm"


class SerwerSms:
    """Use one account of SerwerSMS.pl, HTTPS API v2, through the `Provider` protocol."""

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
        push_names: PushNames | Mapping[str, str] | None = None,
        reply_type: str = "",
        reply_number: str = "",
        charset: str = catalog.SERWERSMS.charset,
    ) -> None:
        """Create the client of one account.

        Args:
            base_url: Address of the API.
            api_key: API user.
            api_secret: Password of the API user.
            clock: Source of the current time.
            transport: HTTP transport; None for the network.
            api_token: API token, used in place of user and password if given.
            time_zone: Name of the zone in which the account's dates are written.
            push_names: Parameter names in the panel's templates; None for the defaults.
            reply_type: The only type of incoming messages to fetch; empty for all.
            reply_number: Own NDI number whose messages to fetch; empty for all.
            charset: Charset of pushed texts that are not UTF-8 and declare none.
        """
        self._clock = clock
        mask = SecretMask(api_secret, api_token)
        self._account = AccountContext(ZoneInfo(time_zone), mask, charset)
        given = push_names if isinstance(push_names, PushNames) else PushNames(**push_names or {})
        self._push_names = given
        self._incoming_action = _INCOMING_ACTION
        filters = {"type": reply_type, "ndi": reply_number}
        self._reply_filter = {name: value for name, value in filters.items() if value}
        self._run_ids: set[str] = set()
        self._api = SerwerSmsApi(
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
        """Return what a SerwerSMS account can do."""
        return catalog.SERWERSMS.capabilities

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send messages, one request each. Source: sending SMS with the same content.

        Args:
            messages: Messages to send.
        """
        return [await self._send_message(message) for message in messages]

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Return the current status of one message, by SerwerSMS's id or by our own reference.

        The reference finds a message whose answer was lost. Source: delivery reports,
        `messages/view`.

        Args:
            provider_id: SerwerSMS's id, or our client reference.
        """
        id_field = _build_id_field(provider_id)
        body = await self._api.call_action("messages/view", id_field)
        items = read_items(body)
        report = body if items is None else next(iter(items), {})
        if not report:
            raise NotFound("SerwerSMS does not know this message")
        receipt = parse_report(report, self._account, self._clock.now())
        if receipt is None:
            raise UnreadableAnswer("SerwerSMS described the message in an unknown form")
        return replace(receipt, reference=id_field.get("unique_id", receipt.reference))

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a scheduled message. Source: deleting scheduled messages."""
        body = await self._api.call_action("messages/delete", _build_id_field(provider_id))
        if not read_flag(body, "success") or (
            "correct" in body and not read_count(body, "correct")
        ):
            raise NotPossible("Too late: SerwerSMS no longer holds this message back")

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Return a page of incoming messages. Source: incoming messages."""
        now = self._clock.now()
        position = parse_cursor(cursor, now)
        body = await self._fetch_incoming(
            {
                **self._reply_filter,
                "date_from": position.format_date_from(self._account.zone),
                "page": position.page,
                "limit": PAGE_SIZE,
                "order": "asc",
                "show_contact": True,
            }
        )
        items = require_items(body)
        events = [
            parse_reply(item, self._account, plain_ids_until=position.plain_ids_until)
            for item in items
        ]
        times = [event.received_at or 0 for event in events if isinstance(event, Reply)]
        more = self._brings_other_replies(events, position.page) and has_more(
            body,
            page=position.page,
            count=len(items),
            seen=position.seen + len(items),
            limit=PAGE_SIZE,
        )
        events.sort(key=lambda event: (event.received_at or 0) if isinstance(event, Reply) else 0)
        next_position = position.advance_cursor(times, len(items), more=more, now=now)
        return EventPage(events=tuple(events), has_more=more, cursor=str(next_position))

    def _brings_other_replies(self, events: Sequence[Reply | Unreadable], page: int) -> bool:
        """Return whether a page holds anything that earlier pages of this run did not.

        A server that ignores `page` would otherwise be asked for the same page for ever.

        Args:
            events: Events of the page.
            page: Number of the page, from 1.
        """
        ids = {event.event_id for event in events}
        known = self._run_ids if page > 1 else set()
        self._run_ids = known | ids
        return not ids <= known

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: marking as read would lose the replies of a broken answer."""
        raise NotPossible(_NOTHING_TO_CONFIRM)

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: reports are requested by message id."""
        raise NotPossible("SerwerSMS lists reports by message id only")

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: there is nothing to confirm."""
        raise NotPossible(_NOTHING_TO_CONFIRM)

    async def fetch_receipts_by_id(
        self, provider_ids: Sequence[str]
    ) -> Sequence[Receipt | Unreadable]:
        """Request the reports of these messages, 500 in one call. Source: delivery reports.

        An id that is missing from the answer is skipped: the message may be too new, and
        `receipts_last_ms` ends the polling. A report that names no message is unreadable.

        Args:
            provider_ids: SerwerSMS's message ids.
        """
        receipts: dict[str, Receipt | Unreadable] = {}
        for start in range(0, len(provider_ids), _REPORT_BATCH):
            receipts |= await self._fetch_reports(provider_ids[start : start + _REPORT_BATCH])
        return list(receipts.values())

    async def fetch_balance(self) -> Balance:
        """Return the messages left of each type; call at most hourly. Source: account balance."""
        return parse_limits(await self._api.call_action("account/limits", {"show_type": True}))

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Raise `NotPossible`: SerwerSMS cannot ping a phone."""
        raise NotPossible("SerwerSMS cannot ping a phone")

    async def check_credentials(self) -> str:
        """Verify the credentials by requesting the limits."""
        left = await self.fetch_balance()
        return f"SerwerSMS accepts the credentials; left: {left.text or 'nothing named'}"

    def read_push(self, push: Push) -> PushAnswer:
        """Return the reply or report in a pushed request; the answer is `OK`."""
        return pushes.parse_push(push, self._push_names, self._account)

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Parse an incoming message or a report again."""
        return parse_item(kind, item, self._account, self._clock.now())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()

    async def _send_message(self, message: Outgoing) -> SendOutcome:
        """Send one message; raise errors that concern the whole account."""
        if message.format is not Format.SMS:
            return SendRefused(NotPossible("smsdesk sends only SMS through SerwerSMS"))
        try:
            fields = build_send_fields(message, self._account.zone, self._push_names)
            body = await self._api.call_action("messages/send_sms", fields, effect=True)
        except (MessageInvalid, RecipientOptedOut, NotFound, NotPossible) as error:
            return SendRefused(error)
        return parse_outcome(body, self._account, scheduled=message.scheduled_at is not None)

    async def _fetch_incoming(self, fields: Item) -> dict[str, Any]:
        """Request incoming messages; try the other spelling if the first action is unknown."""
        try:
            return await self._api.call_action(self._incoming_action, fields)
        except NotPossible as error:
            if (
                error.code != _UNKNOWN_ACTION_CODE
                or self._incoming_action == _INCOMING_ACTION_RENAMED
            ):
                raise
        self._incoming_action = _INCOMING_ACTION_RENAMED
        return await self._api.call_action(self._incoming_action, fields)

    async def _fetch_reports(self, ids: Sequence[str]) -> dict[str, Receipt | Unreadable]:
        """Return the reports of at most 500 messages, from as many pages as necessary.

        They come by message id, unreadable ones by event id.
        """
        receipts: dict[str, Receipt | Unreadable] = {}
        missing = set(ids)
        page, seen, more = 1, 0, True
        while more:
            fields = {"id": list(ids), "page": page, "limit": _REPORT_BATCH}
            body = await self._api.call_action("messages/reports", fields)
            items, before = require_items(body), len(receipts)
            for item in items:
                report = parse_report_item(item, self._account, self._clock.now())
                name = report.provider_id if isinstance(report, Receipt) else ""
                receipts[name or report.event_id] = report
                missing.discard(name)
            seen += len(items)
            # A page without a new report ends the loop: a repeated page cannot run for ever.
            more = bool(missing and before < len(receipts)) and has_more(
                body, page=page, count=len(items), seen=seen, limit=_REPORT_BATCH
            )
            page += 1
        return receipts


def _build_id_field(identity: str) -> dict[str, str]:
    """Return the field that names a message: our reference is longer than SerwerSMS's ids."""
    ours = len(identity) > _PROVIDER_ID_LENGTH and parse_reference(identity) is not None
    return {"unique_id" if ours else "id": identity}
