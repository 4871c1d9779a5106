"""The classic SMS API: one plain line per answer, a second host for bad moments.

A send moves to the backup host only when nothing was sent: the first host could not be reached, or
said `FAILED 209`. Everything goes as a POST form, so that the password stays out of addresses.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tui.clock import Clock
from tui.domain.events import Balance, Receipt
from tui.domain.status import Status
from tui.domain.text import repair
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    OptedOut,
    OutOfCredit,
    ProviderError,
    Unavailable,
    Uncertain,
    Unreadable,
)
from tui.providers.http import Answer, Http
from tui.providers.messente.keys import Keys
from tui.providers.messente.parse import make_receipt
from tui.providers.messente.trouble import unexpected
from tui.providers.messente.words import CLASSIC_CODES, Call
from tui.providers.protocol import Accepted, Outgoing

_REFUSAL = re.compile(r"(ERROR|FAILED) (\d{3})(?: .*)?", re.ASCII | re.DOTALL)
_MONEY = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_NOT_IN_A_NUMBER = str.maketrans("", "", "+ -_.")
_SERVER_TROUBLE = "FAILED 209"
_NO_REPORT_YET = "FAILED 102"
_NO_REASON = "Messente's classic API gives no reason"

Form = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A classic answer: `OK <value>`, `ERROR <nnn>` or `FAILED <nnn>`."""

    verdict: str
    value: str
    raw: str

    @property
    def refusal(self) -> str:
        """The code as Messente writes it, `ERROR 101`; empty when the answer is `OK`."""
        return "" if self.verdict == "OK" else f"{self.verdict} {self.value}"


class Classic:
    """The calls of the classic API, on the first of its hosts that can answer."""

    def __init__(
        self, urls: Sequence[str], *, keys: Keys, clock: Clock, open_host: Callable[[str], Http]
    ) -> None:
        """`urls` are the host and its backup; each is opened when it is first needed."""
        self._urls = tuple(urls)
        self._keys = keys
        self._clock = clock
        self._open_host = open_host
        self._hosts: dict[str, Http] = {}

    async def send(self, message: Outgoing) -> Accepted:
        """Hand over one message (classic API, send_sms)."""
        later = message.scheduled_at is not None and message.scheduled_at > self._clock.now()
        line = await self._ask(Call.SEND, _send_form(message, later=later), sending=True)
        if not line.value:
            raise Uncertain("Messente said OK without an id: the message may have gone out")
        status = Status.SCHEDULED if later else Status.ACCEPTED
        return Accepted(line.value, status=status, word=line.verdict, raw=line.raw)

    async def look_up(self, provider_id: str) -> Receipt:
        """One of the three states kept for 48 hours (classic API, get_dlr_response)."""
        line = await self._ask(Call.REPORT, (("sms_unique_id", repair(provider_id)),))
        if line.refusal == _NO_REPORT_YET:
            empty = make_receipt(provider_id=provider_id, word="", err=None, raw=line.raw)
            return replace(empty, reason=CLASSIC_CODES[Call.REPORT][_NO_REPORT_YET])
        if not line.value:
            raise Unreadable("Messente said OK without a status", detail=line.raw[:200])
        receipt = make_receipt(provider_id=provider_id, word=line.value, err=None, raw=line.raw)
        failed = receipt.status is Status.FAILED
        return replace(receipt, reason=_NO_REASON) if failed else receipt

    async def cancel(self, provider_id: str) -> None:
        """Take back a scheduled message; `NotFound` when it is too late or the id is unknown."""
        await self._ask(Call.CANCEL, (("sms_unique_id", repair(provider_id)),))

    async def balance(self) -> Balance:
        """The credit in euros (classic API, get_balance)."""
        line = await self._ask(Call.BALANCE, ())
        if not _MONEY.fullmatch(line.value):
            raise Unreadable("Messente's balance is not an amount", detail=line.raw[:200])
        return Balance(f"EUR {line.value}", amount=float(Decimal(line.value)))

    async def prove(self) -> str:
        """Ask for the balance: the cheapest call that needs the key."""
        balance = await self.balance()
        return f"Messente accepts the API key; {balance.text} left"

    async def aclose(self) -> None:
        """Close the hosts that were opened."""
        for host in self._hosts.values():
            await host.aclose()

    async def _ask(self, call: Call, form: Form, *, sending: bool = False) -> Line:
        """One call, on the backup host only where the first has certainly sent nothing."""
        for url in self._urls[:-1]:
            try:
                answer = await self._post(url, call, form, sending=sending)
            except Unavailable:
                continue
            line = self._read(answer, sending=sending)
            if line.refusal != _SERVER_TROUBLE:
                return _accept(call, line)
        answer = await self._post(self._urls[-1], call, form, sending=sending)
        return _accept(call, self._read(answer, sending=sending))

    async def _post(self, url: str, call: Call, form: Form, *, sending: bool) -> Answer:
        """One request to one host."""
        if url not in self._hosts:
            self._hosts[url] = self._open_host(url)
        key = (("username", self._keys.username), ("password", self._keys.password))
        path, accept = f"/{call}/", {"Accept": "text/plain, */*"}
        host = self._hosts[url]
        return await host.request("POST", path, form=key + form, headers=accept, effect=sending)

    def _read(self, answer: Answer, *, sending: bool) -> Line:
        """The line in an answer, whatever its content type and HTTP status."""
        raw = self._keys.hide(repair(answer.text))
        refused = _REFUSAL.fullmatch(raw.strip())
        if refused:
            return Line(refused[1], refused[2], raw)
        answer.raise_for_trouble()
        words = raw.split()
        if not answer.ok or not words or words[0] != "OK":
            raise unexpected(answer, sending=sending, detail=raw[:200])
        return Line("OK", words[1] if len(words) > 1 else "", raw)


def _send_form(message: Outgoing, *, later: bool) -> Form:
    """The fields of send_sms; a moment that is over means now, and is left out."""
    form = [("to", message.to.translate(_NOT_IN_A_NUMBER)), ("text", repair(message.text))]
    if message.sender:
        form.append(("from", repair(message.sender)))
    if later and message.scheduled_at is not None:
        form.append(("time_to_send", str(-(-message.scheduled_at // 1000))))
    if message.callback_url:
        form.append(("dlr-url", message.callback_url))
    return tuple(form)


def _accept(call: Call, line: Line) -> Line:
    """The line when it is `OK`, or when a report is still to come; else its error is raised."""
    if line.refusal and not (call is Call.REPORT and line.refusal == _NO_REPORT_YET):
        raise _refusal(call, line)
    return line


def _refusal(call: Call, line: Line) -> ProviderError:
    """The error for `ERROR` (the same request is refused again) and `FAILED` (not now)."""
    meaning = CLASSIC_CODES[call].get(line.refusal, "Messente refuses the request")
    words = f"{meaning} ({line.refusal}){'; nothing was sent' if call is Call.SEND else ''}"
    code = line.refusal
    if line.verdict == "FAILED":
        return Unavailable(words, code=code)
    if line.value in ("101", "103"):
        return CredentialsRefused(words, code=code)
    if call is Call.SEND:
        return _unsent(line.value, words, code)
    if line.value == "107":
        return NotFound(words, code=code)
    return NotPossible(words, code=code)


def _unsent(number: str, words: str, code: str) -> ProviderError:
    """The error for a message that send_sms refuses."""
    match number:
        case "107":
            return OutOfCredit(words, code=code)
        case "108":
            return OptedOut(words, code=code)
        case "104" | "105" | "106":
            return MessageInvalid(words, field="to", code=code)
        case "111":
            return MessageInvalid(words, field="sender", code=code)
        case _:
            return MessageInvalid(words, code=code)
