"""Call the classic SMS API: one plain line per answer, and a backup host.

A message is sent through the backup host only if nothing was sent before: the first host
could not be reached, or answered `FAILED 209`. Every call is a POST form, so that the
password does not appear in addresses.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from tui.clock import Clock
from tui.domain.events import Balance, Receipt
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.providers.answer import Answer
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RecipientOptedOut,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.http import HttpClient
from tui.providers.messente.keys import AccountKeys
from tui.providers.messente.parse import make_receipt, make_unexpected_error, to_whole_minutes
from tui.providers.messente.status_codes import CLASSIC_CODES, ClassicCall
from tui.providers.protocol import Outgoing, SendAccepted

_REFUSAL_LINE = re.compile(r"(ERROR|FAILED) (\d{3})(?: .*)?", re.ASCII | re.DOTALL)
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_NUMBER_PUNCTUATION = str.maketrans("", "", "+ -_.")
"""Translation table that removes punctuation from a phone number."""
_SERVER_FAILURE = "FAILED 209"
"""The only answer after which another host may send the same message."""
_NO_REPORT_YET = "FAILED 102"
_NO_REASON = "Messente's classic API gives no reason"

Form = tuple[tuple[str, str], ...]


@record
class ClassicAnswer:
    """A classic answer: `OK <value>`, `ERROR <nnn>` or `FAILED <nnn>`."""

    verdict: str
    value: str
    raw: str

    @property
    def refusal_code(self) -> str:
        """Return the code as Messente writes it, `ERROR 101`; empty if the answer is `OK`."""
        return "" if self.verdict == "OK" else f"{self.verdict} {self.value}"


class ClassicApi:
    """Calls of the classic API, on the first of its hosts that replies reach us."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        keys: AccountKeys,
        clock: Clock,
        open_host: Callable[[str], HttpClient],
    ) -> None:
        """Create the calls of one account.

        Args:
            urls: Base addresses of the host and its backup, opened when first needed.
            keys: Secrets of the account.
            clock: Source of the current time.
            open_host: Creates the HTTP client of one host.
        """
        self._urls = tuple(urls)
        self._keys = keys
        self._clock = clock
        self._open_host = open_host
        self._hosts: dict[str, HttpClient] = {}

    async def send_message(self, message: Outgoing) -> SendAccepted:
        """Send one message (classic API, send_sms)."""
        later = message.scheduled_at is not None and message.scheduled_at > self._clock.now()
        reply = await self._call_hosts(
            ClassicCall.SEND, _build_send_form(message, later=later), sending=True
        )
        if not reply.value:
            # Sending again could deliver the message twice, so this is not treated as a failure.
            raise Uncertain("Messente answered OK without an id: the message may have been sent")
        status = Status.SCHEDULED if later else Status.ACCEPTED
        return SendAccepted(reply.value, status=status, word=reply.verdict, raw=reply.raw)

    async def fetch_receipt(self, provider_id: str) -> Receipt:
        """Return one of the three states stored for 48 hours (classic API, get_dlr_response)."""
        reply = await self._call_hosts(
            ClassicCall.REPORT, (("sms_unique_id", repair_text(provider_id)),)
        )
        if reply.refusal_code == _NO_REPORT_YET:
            empty = make_receipt(provider_id=provider_id, word="", err=None, raw=reply.raw)
            return replace(empty, reason=CLASSIC_CODES[ClassicCall.REPORT][_NO_REPORT_YET])
        if not reply.value:
            raise UnreadableAnswer("Messente answered OK without a status", detail=reply.raw[:200])
        receipt = make_receipt(provider_id=provider_id, word=reply.value, err=None, raw=reply.raw)
        failed = receipt.status is Status.FAILED
        return replace(receipt, reason=_NO_REASON) if failed else receipt

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a scheduled message (classic API, cancel_sms).

        Raises:
            NotFound: If it is too late or the id is unknown.
        """
        await self._call_hosts(ClassicCall.CANCEL, (("sms_unique_id", repair_text(provider_id)),))

    async def fetch_balance(self) -> Balance:
        """Return the credit in euros (classic API, get_balance)."""
        reply = await self._call_hosts(ClassicCall.BALANCE, ())
        if not _AMOUNT.fullmatch(reply.value):
            raise UnreadableAnswer("Messente's balance is not an amount", detail=reply.raw[:200])
        return Balance(f"EUR {reply.value}", amount=float(Decimal(reply.value)))

    async def verify_credentials(self) -> str:
        """Request the balance, which is the cheapest call that needs the API key."""
        balance = await self.fetch_balance()
        return f"Messente accepts the API key; {balance.text} left"

    async def aclose(self) -> None:
        """Close the hosts that were opened."""
        for host in self._hosts.values():
            await host.aclose()

    async def _call_hosts(
        self, call: ClassicCall, form: Form, *, sending: bool = False
    ) -> ClassicAnswer:
        """Make one call, on the backup host only if the first has certainly sent nothing."""
        for url in self._urls[:-1]:
            try:
                answer = await self._post_form(url, call, form, sending=sending)
            except Unavailable:
                continue
            reply = self._parse_answer(answer, sending=sending)
            if reply.refusal_code != _SERVER_FAILURE:
                return _check_answer(call, reply)
        answer = await self._post_form(self._urls[-1], call, form, sending=sending)
        return _check_answer(call, self._parse_answer(answer, sending=sending))

    async def _post_form(self, url: str, call: ClassicCall, form: Form, *, sending: bool) -> Answer:
        """Send one request to one host."""
        if url not in self._hosts:
            self._hosts[url] = self._open_host(url)
        key = (("username", self._keys.username), ("password", self._keys.password))
        path, accept = f"/{call}/", {"Accept": "text/plain, */*"}
        host = self._hosts[url]
        return await host.send_request(
            "POST", path, form=key + form, headers=accept, effect=sending
        )

    def _parse_answer(self, answer: Answer, *, sending: bool) -> ClassicAnswer:
        """Return the line in an answer, whatever its content type.

        Every documented line comes with HTTP 200. Of the other statuses only 400 leaves it to
        the line what was refused.
        """
        raw = self._keys.hide_secrets(repair_text(answer.text))
        refused = _REFUSAL_LINE.fullmatch(raw.strip())
        if refused and (answer.is_success or answer.status == 400):
            return ClassicAnswer(refused[1], refused[2], raw)
        answer.raise_if_unavailable()
        tokens = raw.split()
        if not answer.is_success or not tokens or tokens[0] != "OK":
            raise make_unexpected_error(answer, sending=sending, detail=raw[:200])
        return ClassicAnswer("OK", tokens[1] if len(tokens) > 1 else "", raw)


def _build_send_form(message: Outgoing, *, later: bool) -> Form:
    """Return the fields of send_sms; a scheduled time that has passed is left out."""
    form = [("to", message.to.translate(_NUMBER_PUNCTUATION)), ("text", repair_text(message.text))]
    if message.sender:
        form.append(("from", repair_text(message.sender)))
    if message.valid_for:
        form.append(("validity", str(to_whole_minutes(message.valid_for))))
    if later and message.scheduled_at is not None:
        # Whole seconds, rounded up: never earlier than requested.
        form.append(("time_to_send", str(-(-message.scheduled_at // 1000))))
    if message.callback_url:
        form.append(("dlr-url", message.callback_url))
    return tuple(form)


def _check_answer(call: ClassicCall, reply: ClassicAnswer) -> ClassicAnswer:
    """Return the answer if it is `OK` or a report is still to come; otherwise raise its error."""
    if reply.refusal_code and not (
        call is ClassicCall.REPORT and reply.refusal_code == _NO_REPORT_YET
    ):
        raise _make_refusal(call, reply)
    return reply


def _make_refusal(call: ClassicCall, reply: ClassicAnswer) -> ProviderError:
    """Return the error for `ERROR` (permanent) or `FAILED` (may succeed later)."""
    meaning = CLASSIC_CODES[call].get(reply.refusal_code, "Messente refuses the request")
    unsent = "; nothing was sent" if call is ClassicCall.SEND else ""
    message = f"{meaning} ({reply.refusal_code}){unsent}"
    code = reply.refusal_code
    if reply.verdict == "FAILED":
        return Unavailable(message, code=code)
    if reply.value in ("101", "103"):
        return CredentialsRefused(message, code=code)
    if call is ClassicCall.SEND:
        return _make_send_refusal(reply.value, message, code)
    if reply.value == "107":
        return NotFound(message, code=code)
    return NotPossible(message, code=code)


def _make_send_refusal(number: str, message: str, code: str) -> ProviderError:
    """Return the error for a message that send_sms refuses."""
    match number:
        case "107":
            return OutOfCredit(message, code=code)
        case "108":
            return RecipientOptedOut(message, code=code)
        case "104" | "105" | "106":
            return MessageInvalid(message, field="to", code=code)
        case "111":
            return MessageInvalid(message, field="sender", code=code)
        case _:
            return MessageInvalid(message, code=code)
