"""The SmartSwitch account: one call that sends, a silent ping, and a listener for the rest."""

from collections.abc import Sequence
from dataclasses import replace

from tui.clock import Clock
from tui.domain.capabilities import Capabilities
from tui.providers import abilities
from tui.providers.errors import MessageInvalid, Unreadable
from tui.providers.http import Answer, Http, Transport
from tui.providers.masking import Mask
from tui.providers.protocol import Outcome, Outgoing, Presence, Push, PushAnswer, Refused
from tui.providers.push_only import PushOnly
from tui.providers.sending import agreed, digits, flaw, in_turn
from tui.providers.smartswitch import request
from tui.providers.smartswitch.answers import outcomes, refusal
from tui.providers.smartswitch.push import PushReader, ReceiptFields, ReplyFields
from tui.providers.smartswitch.words import TITLE


class SmartSwitch(PushOnly):
    """A customer's account on an operator's SmartSwitch (HTTP API message)."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        api_secret: str,
        clock: Clock,
        transport: Transport | None = None,
        batch: int = 10,
        receipt_fields: ReceiptFields | None = None,
        reply_fields: ReplyFields | None = None,
    ) -> None:
        """`api_key` is the login, `api_secret` the password of the personal account.

        `base_url` is the operator's server, with or without `/api`; `batch` the most recipients of
        one call; the fields are what the operator calls the values of a push.
        """
        super().__init__(TITLE)
        self._credentials = [("_login", api_key), ("_password", api_secret)]
        self._path = "/message" if base_url.rstrip("/").endswith("/api") else "/api/message"
        self._mask = Mask(api_secret)
        self._reader = PushReader(
            receipt_fields or ReceiptFields(), reply_fields or ReplyFields(), clock, self._mask
        )
        self._http = Http(base_url, clock=clock, transport=transport, name=TITLE)
        self._capabilities = replace(abilities.SMARTSWITCH, batch=batch)

    @property
    def capabilities(self) -> Capabilities:
        """Sends to several and pings by call; receipts and replies need the listener."""
        return self._capabilities

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand over messages, as few requests as their parameters and lengths allow."""
        flaws = [flaw(message, self._capabilities) for message in messages]
        sound = [m for m, problem in zip(messages, flaws, strict=True) if problem is None]
        handed = iter(await in_turn(request.groups(sound), self._hand_over))
        return agreed([Refused(problem) if problem else next(handed) for problem in flaws])

    async def _hand_over(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Send one group in one request."""
        pairs = [pair for message in messages for pair in request.message_pairs(message)]
        return outcomes(await self._post(pairs), messages, self._mask)

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """Send an invisible message (`stealth_ping`); its receipt tells whether the phone is on."""
        number = digits(to)
        if not number:
            raise MessageInvalid("Only a number can be asked whether its phone is on", field="to")
        answer = await self._post(request.ping_pairs(number, reference))
        asked = Outgoing(reference=reference, to=to, text="")
        return _presence(outcomes(answer, [asked], self._mask)[0])

    async def check(self) -> str:
        """Prove the login with a send that names no recipient, so that nothing can be sent."""
        error = refusal(await self._post([], effect=False), self._mask, effect=False)
        if isinstance(error, MessageInvalid) and not error.field:
            return (
                f"{TITLE} does not refuse the login (asked without a recipient: nothing was sent)"
            )
        raise error

    async def _post(self, pairs: request.Pairs, *, effect: bool = True) -> Answer:
        """`POST /api/message`: the body stays empty, the credentials come first, once."""
        asked = request.query([*self._credentials, *pairs])
        return await self._http.request("POST", f"{self._path}?{asked}", effect=effect)

    def read_push(self, push: Push) -> PushAnswer:
        """The receipts and replies in a push; nothing signs it, the path's secret has to do."""
        return self._reader.read(push)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _presence(outcome: Outcome) -> Presence:
    """The id under which the receipt of a ping will come."""
    if isinstance(outcome, Refused):
        raise outcome.error
    if outcome.provider_id:
        return Presence(outcome.provider_id, outcome.raw)
    raise Unreadable(f"{TITLE} sent the ping but named no id: its receipt cannot be told apart")
