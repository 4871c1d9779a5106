"""Send messages and silent pings for a SmartSwitch account; the rest arrives by push.

Every parameter of `POST /api/message`, even the password, is in the URL. For several recipients
the whole group of parameters is repeated, and the n-th value of each name belongs to the n-th
recipient. A name that is missing for one recipient would shift the values of the others, so only
messages with the same names share a request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.text import repair_text
from tui.providers import catalog
from tui.providers.answer import Answer
from tui.providers.errors import MessageInvalid, UnreadableAnswer
from tui.providers.http import HttpClient, Transport
from tui.providers.masking import SecretMask
from tui.providers.protocol import (
    Outgoing,
    Push,
    PushAnswer,
    PushOnlyProvider,
    SendOutcome,
    SendRefused,
    SentPing,
)
from tui.providers.sending import find_flaw, raise_shared_error, send_in_groups, to_digits
from tui.providers.smartswitch.parse import build_refusal, parse_outcomes
from tui.providers.smartswitch.push import ReceiptFieldNames, ReplyFieldNames, SmartSwitchPushReader
from tui.providers.smartswitch.status_codes import TITLE

QueryPairs = list[tuple[str, str]]

_MOST_RECIPIENTS = catalog.SMARTSWITCH.capabilities.batch
_LONGEST_QUERY = 6_000
"""In bytes: web servers often allow 8 KB per line; a single message may exceed it."""


def build_message_pairs(message: Outgoing, source_name: str = "") -> QueryPairs:
    """Return the parameters of one recipient.

    Args:
        message: Message to send.
        source_name: Name to send beside the sender's number.
    """
    return [
        ("destination_number", to_digits(message.to)),
        ("body", repair_text(message.text)),
        *_build_source_pairs(repair_text(message.sender), repair_text(source_name)),
        ("require_dlr", "1"),
        *_build_request_id_pairs(message.reference),
    ]


def build_ping_pairs(number: str, reference: str) -> QueryPairs:
    """Return the parameters of an invisible message: no text, and always with a receipt.

    Args:
        number: Phone number as bare digits.
        reference: Our client reference of the ping.
    """
    pairs = [("destination_number", number), ("require_dlr", "1"), ("stealth_ping", "1")]
    return pairs + _build_request_id_pairs(reference)


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as a query.

    A blank becomes %20, because every server reads it as a blank, unlike "+".
    """
    return urlencode(list(pairs), quote_via=quote, safe="")


def group_messages(
    messages: Iterable[Outgoing], source_name: str = "", most: int = _MOST_RECIPIENTS
) -> list[list[Outgoing]]:
    """Return the messages in order, in groups that fit one request each.

    Args:
        messages: Messages to send.
        source_name: Name to send beside the number of each sender.
        most: Largest number of recipients of one request.
    """
    groups: list[list[Outgoing]] = []
    for message in messages:
        has_room = bool(groups) and len(groups[-1]) < most
        if has_room and _can_share_request([*groups[-1], message], source_name):
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def _can_share_request(messages: Sequence[Outgoing], source_name: str) -> bool:
    """Return whether messages have the same parameters and are short enough together."""
    pairs = [build_message_pairs(message, source_name) for message in messages]
    names = {tuple(name for name, _ in group) for group in pairs}
    return len(names) == 1 and len(encode_query(pair for group in pairs for pair in group)) <= (
        _LONGEST_QUERY
    )


def _build_source_pairs(sender: str, source_name: str) -> QueryPairs:
    """Return the sender as number and name (HTTP API message); empty for the account's default.

    Args:
        sender: Sender of the message: a number, or a name, which replaces the account's.
        source_name: The account's name.
    """
    number = to_digits(sender)
    name = source_name if number or not sender else sender
    pairs = [("source_name", name), ("source_number", number)]
    return [(field, value) for field, value in pairs if value]


def _build_request_id_pairs(reference: str) -> QueryPairs:
    """Return our reference, which comes back in the answer."""
    return [("request_id", reference)] if reference else []


class SmartSwitch(PushOnlyProvider):
    """A customer's account on an operator's SmartSwitch (HTTP API message)."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        api_secret: str,
        clock: Clock,
        transport: Transport | None = None,
        batch: int = catalog.SMARTSWITCH.capabilities.batch,
        receipt_fields: ReceiptFieldNames | None = None,
        reply_fields: ReplyFieldNames | None = None,
        source_name: str = "",
        charset: str = catalog.SMARTSWITCH.charset,
    ) -> None:
        """Create the client.

        Args:
            base_url: The operator's server, with or without `/api`.
            api_key: Login of the personal account.
            api_secret: Password of the personal account.
            clock: Source of the current time.
            transport: Replaces the network in tests.
            batch: Maximum number of recipients of one call.
            receipt_fields: The operator's names for the values of a receipt.
            reply_fields: The operator's names for the values of a reply.
            source_name: Name to send beside the sender's number.
            charset: Charset of pushed texts that are not UTF-8 and declare none.
        """
        super().__init__(TITLE)
        self._source_name = source_name
        self._credentials = [("_login", api_key), ("_password", api_secret)]
        self._path = "/message" if base_url.rstrip("/").endswith("/api") else "/api/message"
        self._mask = SecretMask(api_secret)
        self._reader = SmartSwitchPushReader(
            receipt_fields or ReceiptFieldNames(),
            reply_fields or ReplyFieldNames(),
            clock,
            self._mask,
            charset,
        )
        self._http = HttpClient(base_url, clock=clock, transport=transport, name=TITLE)
        self._capabilities = replace(catalog.SMARTSWITCH.capabilities, batch=batch)

    @property
    def capabilities(self) -> Capabilities:
        """Return what a SmartSwitch account can do; receipts and replies need the listener."""
        return self._capabilities

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send messages in as few requests as their parameters and lengths allow."""
        flaws = [find_flaw(message, self._capabilities) for message in messages]
        valid = [m for m, problem in zip(messages, flaws, strict=True) if problem is None]
        groups = group_messages(valid, self._source_name, self._capabilities.batch)
        outcomes_of_valid = iter(await send_in_groups(groups, self._send_group))
        return raise_shared_error(
            [SendRefused(problem) if problem else next(outcomes_of_valid) for problem in flaws]
        )

    async def _send_group(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send one group in one request."""
        pairs = [
            pair for message in messages for pair in build_message_pairs(message, self._source_name)
        ]
        return parse_outcomes(await self._post_query(pairs), messages, self._mask)

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Send an invisible message (`stealth_ping`); its receipt shows if the phone is on.

        Args:
            to: Phone number.
            reference: Our client reference of the ping.
        """
        number = to_digits(to)
        if not number:
            raise MessageInvalid("Only a number can be pinged", field="to")
        answer = await self._post_query(build_ping_pairs(number, reference))
        ping = Outgoing(reference=reference, to=to, text="")
        return _to_sent_ping(parse_outcomes(answer, [ping], self._mask)[0])

    async def check_credentials(self) -> str:
        """Prove the login with a send without recipients, so that no message can be sent."""
        error = build_refusal(await self._post_query([], effect=False), self._mask, effect=False)
        # The switch complains about the missing recipient and not about the login.
        if isinstance(error, MessageInvalid) and not error.field:
            return (
                f"{TITLE} does not refuse the login (asked without a recipient: nothing was sent)"
            )
        raise error

    async def _post_query(self, pairs: QueryPairs, *, effect: bool = True) -> Answer:
        """Call `POST /api/message` with an empty body; the credentials come first, once."""
        query = encode_query([*self._credentials, *pairs])
        return await self._http.send_request("POST", f"{self._path}?{query}", effect=effect)

    def read_push(self, push: Push) -> PushAnswer:
        """Return the receipts and replies in a push; only the secret in its path protects it."""
        return self._reader.read_push(push)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _to_sent_ping(outcome: SendOutcome) -> SentPing:
    """Return the id under which the receipt of a ping will arrive."""
    if isinstance(outcome, SendRefused):
        raise outcome.error
    if outcome.provider_id:
        return SentPing(outcome.provider_id, outcome.raw)
    raise UnreadableAnswer(
        f"{TITLE} sent the ping but named no id: its receipt cannot be recognised"
    )


def open_smartswitch(
    *,
    receipt_fields: Mapping[str, str] | None = None,
    reply_fields: Mapping[str, str] | None = None,
    **options: Any,
) -> SmartSwitch:
    """Return the client for the settings of an account.

    Args:
        receipt_fields: The operator's names for the values of a receipt; None for the defaults.
        reply_fields: The operator's names for the values of a reply; None for the defaults.
        options: Other arguments of the client.
    """
    return SmartSwitch(
        receipt_fields=ReceiptFieldNames(**(receipt_fields or {})),
        reply_fields=ReplyFieldNames(**(reply_fields or {})),
        **options,
    )
