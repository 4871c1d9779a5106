"""The MessagePort account: one recipient a call, and a listener for everything that comes back."""

from collections.abc import Sequence

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance
from tui.domain.text import repair
from tui.providers import abilities
from tui.providers.errors import MessageInvalid
from tui.providers.http import Http, Transport
from tui.providers.masking import Mask
from tui.providers.messageport import answers
from tui.providers.messageport.push import PushReader
from tui.providers.messageport.times import zone_named
from tui.providers.messageport.words import TITLE
from tui.providers.protocol import Outcome, Outgoing, Push, PushAnswer, Refused
from tui.providers.push_only import PushOnly
from tui.providers.sending import agreed, digits, flaw, in_turn


class MessagePort(PushOnly):
    """A MessagePort account (REST API v1)."""

    def __init__(
        self,
        *,
        base_url: str = "https://messageport.com.au/rest/v1",
        api_key: str,
        api_secret: str,
        clock: Clock,
        transport: Transport | None = None,
        time_zone: str = "Australia/Sydney",
    ) -> None:
        """`api_key` and `api_secret` are the two halves of an API key (Settings, API).

        `time_zone` is the account's, an IANA name; a `ValueError` names one that is unknown.
        """
        super().__init__(TITLE)
        zone = zone_named(time_zone)
        if zone is None:
            raise ValueError(f"time_zone is not the name of a zone: {time_zone!r}")
        self._mask = Mask(api_key, api_secret)
        self._reader = PushReader(zone, clock, self._mask)
        self._http = Http(
            base_url, clock=clock, basic=(api_key, api_secret), transport=transport, name=TITLE
        )

    @property
    def capabilities(self) -> Capabilities:
        """Sends and credits by call; replies and receipts need the listener."""
        return abilities.MESSAGEPORT

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand over messages one by one (MessagePort, sending messages)."""
        return agreed(await in_turn([[message] for message in messages], self._hand_over))

    async def _hand_over(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Send one message: the form has these four fields and refuses any other."""
        (message,) = messages
        refusal = flaw(message, abilities.MESSAGEPORT) or _without_reference(message)
        if refusal:
            return [Refused(refusal)]
        answer = await self._http.request("POST", "/messages", form=_form(message), effect=True)
        return [answers.accepted(answer, self._mask)]

    async def balance(self) -> Balance:
        """Credits left (MessagePort, checking your balance)."""
        return answers.balance(await self._http.request("GET", "/users"), self._mask)

    async def check(self) -> str:
        """Prove the key by asking for the credits."""
        return f"{TITLE} accepts the key: {(await self.balance()).text} left"

    def read_push(self, push: Push) -> PushAnswer:
        """The receipt or reply in a push; nothing signs it, the path's secret has to do."""
        return self._reader.read(push)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _form(message: Outgoing) -> list[tuple[str, str]]:
    """The form for one message; `senderid` only when a sender is named."""
    form = [("number", digits(message.to)), ("message", repair(message.text))]
    if message.sender:
        form.append(("senderid", digits(message.sender) or repair(message.sender)))
    return [*form, ("reference", message.reference)]


def _without_reference(message: Outgoing) -> MessageInvalid | None:
    """Why a message without a reference is not sent."""
    if message.reference:
        return None
    line = "MessagePort's receipts name nothing but our reference, and the message has none"
    return MessageInvalid(line, field="reference")
