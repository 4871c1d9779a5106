"""The classic SMS API: one line of plain text with HTTP status 200, whatever happens (Messente
API, SMS API reference; delivery report)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from tui.clock import HOUR, SECOND
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.handset import Stage, code_of
from tui.sandbox.messente.countries import (
    COUNTRIES,
    UNSUPPORTED,
    is_anywhere,
    is_supported,
    price_list,
)
from tui.sandbox.messente.parameters import (
    UNKNOWN_ID,
    WRONG_CREDENTIALS,
    WRONG_PARAMETER,
    Parameters,
    Refusal,
    parameters_of,
)
from tui.sandbox.messente.records import SMS, Attempt, Sent
from tui.sandbox.messente.senders import NOT_ACTIVE, is_web_address, is_well_formed
from tui.sandbox.messente.words import COARSE, CODE_PREFIX, FAILED
from tui.sandbox.wire import json_response

if TYPE_CHECKING:
    from tui.sandbox.messente.emulator import Messente

Call = Callable[[Parameters], "str | Response"]
Endpoint = Callable[[Request], Awaitable[Response]]

NUMBER = re.compile(r"\+?[0-9]{8,15}")
KEPT = 48 * HOUR
BALANCE = "123.45"
NOT_YET = "FAILED 102"
REFUSED = {
    103: "ERROR 103",
    104: "ERROR 104",
    105: "ERROR 105",
    106: "ERROR 106",
    107: "ERROR 107",
    108: "ERROR 108",
    111: "ERROR 111",
    208: "FAILED 208",
    209: "FAILED 209",
}
"""By the last three digits of a number in the block for codes."""


class Classic:
    """The six calls over one emulator."""

    def __init__(self, messente: Messente) -> None:
        """Serve this account."""
        self._messente = messente

    def routes(self) -> list[BaseRoute]:
        """Each call with and without its trailing slash, and what the library asks of `/v1`."""
        calls: dict[str, Call] = {
            "/send_sms": self.send_sms,
            "/cancel_sms": self.cancel_sms,
            "/get_dlr_response": self.get_dlr_response,
            "/get_balance": self.get_balance,
            "/prices": self.prices,
            "/pricelist": self.pricelist,
        }
        shared = ("/get_balance", "/prices", "/pricelist")
        paths = {**calls, **{f"/v1{path}": calls[path] for path in shared}}
        return [
            Route(path + slash, answered(call), methods=["GET", "POST"])
            for path, call in paths.items()
            for slash in ("", "/")
        ]

    def send_sms(self, given: Parameters) -> str:
        """Accept one message: `OK` and its id."""
        to, text = self._addressed(given)
        check_options(given)
        sender = given.text("from")
        if sender == NOT_ACTIVE or (sender and not is_well_formed(sender)):
            raise Refusal("ERROR 111")
        validity = given.number("validity")
        sent = Sent(
            id=self._messente.new_hex_id(),
            to=to,
            dlr_url=given.text("dlr-url") or None,
            attempts=[Attempt(SMS, "", sender, text, validity and validity * 60.0)],
            starts_at=(given.number("time_to_send") or 0) * SECOND,
            classic=True,
        )
        self._messente.take(sent, text, sender)
        return f"OK {sent.id}"

    def cancel_sms(self, given: Parameters) -> str:
        """Cancel a message that waits for its time."""
        sent = self._find(given)
        if not self._messente.withdraw(sent):
            raise Refusal(UNKNOWN_ID)
        return "OK DELETED"

    def get_dlr_response(self, given: Parameters) -> str:
        """One of three words, or `FAILED 102` while there is no report."""
        sent = self._find(given)
        if self._messente.sandbox.now() - sent.starts_at > KEPT:
            raise Refusal(UNKNOWN_ID)
        message = self._messente.ledger.accepted[sent.id]
        if message.stage is Stage.CANCELLED:
            return f"OK {FAILED}"
        shown = sent.attempts[0].shown
        if shown is None:
            return NOT_YET
        self._messente.polled(sent)
        return f"OK {COARSE[str(shown['stat'])][0]}"

    def get_balance(self, given: Parameters) -> str:
        """Euros."""
        return f"OK {BALANCE}"

    def prices(self, given: Parameters) -> Response:
        """The prices of one country, as JSON or XML."""
        code, form = given.required("country").upper(), given.text("format") or "json"
        if form not in ("json", "xml"):
            raise Refusal("ERROR 106")
        if code in UNSUPPORTED:
            raise Refusal("ERROR 105")
        country = COUNTRIES.get(code)
        if country is None:
            raise Refusal("ERROR 104")
        if form == "xml":
            return Response(country.as_xml(), media_type="text/xml")
        return json_response(country.as_json())

    def pricelist(self, given: Parameters) -> Response:
        """All prices as CSV."""
        return Response(price_list(), media_type="text/csv")

    def _addressed(self, given: Parameters) -> tuple[str, str]:
        """Recipient and text; raises `Refusal` in the documented order of checks."""
        to = given.text("to")
        code = code_of(to, CODE_PREFIX)
        if code == 103:
            raise Refusal(REFUSED[code])
        if not to or not ("text" in given or "data" in given):
            raise Refusal(WRONG_PARAMETER)
        if not NUMBER.fullmatch(to):
            raise Refusal("ERROR 105")
        if not is_anywhere(to):
            raise Refusal("ERROR 104")
        if not is_supported(to):
            raise Refusal("ERROR 106")
        if self._messente.is_blocked(to):
            raise Refusal("ERROR 108")
        if code in REFUSED:
            raise Refusal(REFUSED[code])
        binary = "data" in given
        return to, given.text("data", "latin-1") if binary else given.text("text", given.charset())

    def _find(self, given: Parameters) -> Sent:
        """The classic message that the request names; raises `Refusal`."""
        sent = self._messente.sent.get(given.required("sms_unique_id"))
        if sent is None or not sent.classic:
            raise Refusal(UNKNOWN_ID)
        return sent


def check_options(given: Parameters) -> None:
    """Refuse options of a send that cannot be; raises `Refusal` 102."""
    given.choice("autoconvert", "on", "full", "off")
    given.choice("mclass", "0", "1", "2", "3")
    given.choice("text-store", "plaintext", "sha256", "nostore")
    given.number("time_to_send")
    if given.number("validity") == 0:
        raise Refusal(WRONG_PARAMETER)
    if "dlr-url" in given and not is_web_address(given.text("dlr-url")):
        raise Refusal(WRONG_PARAMETER)


def answered(call: Call) -> Endpoint:
    """A call behind its credentials; every refusal is one line with HTTP status 200."""

    async def endpoint(request: Request) -> Response:
        """Answer one request."""
        given = await parameters_of(request)
        try:
            if (given.text("username"), given.text("password")) != (API_KEY, API_SECRET):
                raise Refusal(WRONG_CREDENTIALS)
            answer = call(given)
        except Refusal as refusal:
            answer = str(refusal)
        return PlainTextResponse(answer) if isinstance(answer, str) else answer

    return endpoint
