"""Send messages and silent pings for a SmartSwitch account; the rest arrives by push."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.providers import catalog
from tui.providers.errors import MessageInvalid, UnreadableAnswer
from tui.providers.http import Answer, HttpClient, Transport
from tui.providers.masking import SecretMask
from tui.providers.protocol import Outgoing, Push, PushAnswer, SendOutcome, SendRefused, SentPing
from tui.providers.push_only import PushOnlyProvider
from tui.providers.sending import find_flaw, raise_shared_error, send_in_groups, to_digits
from tui.providers.smartswitch import request
from tui.providers.smartswitch.answers import build_refusal, parse_outcomes
from tui.providers.smartswitch.push import ReceiptFieldNames, ReplyFieldNames, SmartSwitchPushReader
from tui.providers.smartswitch.status_codes import TITLE


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
        """
        super().__init__(TITLE)
        self._credentials = [("_login", api_key), ("_password", api_secret)]
        self._path = "/message" if base_url.rstrip("/").endswith("/api") else "/api/message"
        self._mask = SecretMask(api_secret)
        self._reader = SmartSwitchPushReader(
            receipt_fields or ReceiptFieldNames(),
            reply_fields or ReplyFieldNames(),
            clock,
            self._mask,
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
        outcomes_of_valid = iter(
            await send_in_groups(request.group_messages(valid), self._send_group)
        )
        return raise_shared_error(
            [SendRefused(problem) if problem else next(outcomes_of_valid) for problem in flaws]
        )

    async def _send_group(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send one group in one request."""
        pairs = [pair for message in messages for pair in request.build_message_pairs(message)]
        return parse_outcomes(await self._post_query(pairs), messages, self._mask)

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Send an invisible message (`stealth_ping`); its receipt shows if the phone is on.

        Args:
            to: Phone number.
            reference: Our client reference of the ping.
        """
        number = to_digits(to)
        if not number:
            raise MessageInvalid("Only a number can be asked whether its phone is on", field="to")
        answer = await self._post_query(request.build_ping_pairs(number, reference))
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

    async def _post_query(self, pairs: request.QueryPairs, *, effect: bool = True) -> Answer:
        """Call `POST /api/message` with an empty body; the credentials come first, once."""
        query = request.encode_query([*self._credentials, *pairs])
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
        f"{TITLE} sent the ping but named no id: its receipt cannot be told apart"
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
