"""Send messages and read the balance for a MessagePort account; the rest arrives by push."""

from collections.abc import Sequence
from dataclasses import replace

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance
from tui.domain.text import repair_text
from tui.providers import catalog
from tui.providers.errors import MessageInvalid
from tui.providers.http import HttpClient, Transport
from tui.providers.masking import SecretMask
from tui.providers.messageport import parse
from tui.providers.messageport.push import (
    BODY_RULES,
    MessagePortPushReader,
    find_region,
    find_zone,
    to_international,
)
from tui.providers.messageport.status_codes import TITLE
from tui.providers.protocol import (
    Outgoing,
    Push,
    PushAnswer,
    PushOnlyProvider,
    SendOutcome,
    SendRefused,
)
from tui.providers.sending import find_flaw, raise_shared_error, send_in_groups, to_digits

_CAPABILITIES = catalog.MESSAGEPORT.capabilities


class MessagePort(PushOnlyProvider):
    """A MessagePort account (REST API v1)."""

    def __init__(
        self,
        *,
        base_url: str = catalog.MESSAGEPORT.base_url,
        api_key: str,
        api_secret: str,
        clock: Clock,
        transport: Transport | None = None,
        time_zone: str = "Australia/Sydney",
        charset: str = catalog.MESSAGEPORT.charset,
    ) -> None:
        """Create the client; raise `ValueError` if the time zone is unknown.

        Args:
            base_url: Address of the REST API.
            api_key: First half of the API key (Settings, API).
            api_secret: Second half of the API key.
            clock: Source of the current time.
            transport: Replaces the network in tests.
            time_zone: Time zone of the account, an IANA name.
            charset: Charset of pushed texts that are not UTF-8 and declare none.
        """
        super().__init__(TITLE)
        zone = find_zone(time_zone)
        if zone is None:
            raise ValueError(f"time_zone is not the name of a zone: {time_zone!r}")
        self._mask = SecretMask(api_key, api_secret)
        self._region = find_region(time_zone)
        self._reader = MessagePortPushReader(
            self._region, zone, clock, self._mask, replace(BODY_RULES, charset=charset)
        )
        self._http = HttpClient(
            base_url, clock=clock, basic=(api_key, api_secret), transport=transport, name=TITLE
        )

    @property
    def capabilities(self) -> Capabilities:
        """Return what a MessagePort account can do; replies and receipts need the listener."""
        return _CAPABILITIES

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send messages one by one (MessagePort, sending messages)."""
        return raise_shared_error(
            await send_in_groups([[message] for message in messages], self._send_one)
        )

    async def _send_one(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send one message: the form has these four fields and refuses any other."""
        (given,) = messages
        message = replace(given, to=to_international(given.to, self._region))
        refusal = find_flaw(message, _CAPABILITIES) or _find_missing_reference(message)
        if refusal:
            return [SendRefused(refusal)]
        answer = await self._http.send_request(
            "POST", "/messages", form=_build_form(message), effect=True
        )
        return [parse.parse_send_answer(answer, self._mask)]

    async def fetch_balance(self) -> Balance:
        """Return the credits that are left (MessagePort, checking your balance)."""
        return parse.parse_balance(await self._http.send_request("GET", "/users"), self._mask)

    async def check_credentials(self) -> str:
        """Prove the API key by reading the balance."""
        return f"{TITLE} accepts the key: {(await self.fetch_balance()).text} left"

    def read_push(self, push: Push) -> PushAnswer:
        """Return the receipt or reply in a push; only the secret in its path protects it."""
        return self._reader.read_push(push)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _build_form(message: Outgoing) -> list[tuple[str, str]]:
    """Return the form for one message; `senderid` only if a sender is named."""
    form = [("number", to_digits(message.to)), ("message", repair_text(message.text))]
    if message.sender:
        form.append(("senderid", to_digits(message.sender) or repair_text(message.sender)))
    return [*form, ("reference", message.reference)]


def _find_missing_reference(message: Outgoing) -> MessageInvalid | None:
    """Return the error for a message without a reference, or None."""
    if message.reference:
        return None
    line = "MessagePort's receipts name nothing but our reference, and the message has none"
    return MessageInvalid(line, field="reference")
