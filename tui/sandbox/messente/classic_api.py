"""Serve the classic SMS API (Messente API, SMS API reference; delivery report).

Every answer is one line of plain text with HTTP status 200, even an error.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from tui.clock import HOUR, SECOND
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.handset import Stage, extract_code
from tui.sandbox.messente.countries import (
    COUNTRIES,
    UNSUPPORTED,
    build_price_list,
    has_known_country,
    is_supported,
)
from tui.sandbox.messente.fields import (
    INACTIVE_SENDER,
    UNKNOWN_ID,
    WRONG_CREDENTIALS,
    WRONG_PARAMETER,
    ClassicRefusal,
    Parameters,
    is_web_address,
    is_well_formed,
    read_parameters,
)
from tui.sandbox.messente.records import SMS, ChannelAttempt, SentMessage
from tui.sandbox.messente.status_codes import CLASSIC_STATUSES, CODE_PREFIX, FAILED
from tui.sandbox.wire import to_json_response

if TYPE_CHECKING:
    from tui.sandbox.messente.emulator import Messente

Call = Callable[[Parameters], "str | Response"]
Endpoint = Callable[[Request], Awaitable[Response]]

NUMBER = re.compile(r"\+?[0-9]{8,15}")
RETENTION = 48 * HOUR
BALANCE = "123.45"
NO_REPORT_YET = "FAILED 102"
REFUSALS = {
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


class ClassicApi:
    """The six calls of the classic API."""

    def __init__(self, messente: Messente) -> None:
        """Create the API of this account."""
        self._messente = messente

    def build_routes(self) -> list[BaseRoute]:
        """Return each call with and without slash, and the library's paths below `/v1`."""
        calls: dict[str, Call] = {
            "/send_sms": self.send_sms,
            "/cancel_sms": self.cancel_sms,
            "/get_dlr_response": self.get_dlr_response,
            "/get_balance": self.get_balance,
            "/prices": self.get_prices,
            "/pricelist": self.get_price_list,
        }
        shared = ("/get_balance", "/prices", "/pricelist")
        paths = {**calls, **{f"/v1{path}": calls[path] for path in shared}}
        return [
            Route(path + slash, build_endpoint(call), methods=["GET", "POST"])
            for path, call in paths.items()
            for slash in ("", "/")
        ]

    def send_sms(self, parameters: Parameters) -> str:
        """Accept one message and answer `OK` and its id.

        Args:
            parameters: `to`, `text` or `data`, and options such as `from` and `time_to_send`.
        """
        to, text = self._read_message(parameters)
        check_options(parameters)
        sender = parameters.read_text("from")
        if sender == INACTIVE_SENDER or (sender and not is_well_formed(sender)):
            raise ClassicRefusal("ERROR 111")
        if "no_credit" in self._messente.quirks:
            raise ClassicRefusal("ERROR 107")
        validity = parameters.read_number("validity")
        sent = SentMessage(
            id=self._messente.create_hex_id(),
            to=to,
            dlr_url=parameters.read_text("dlr-url") or None,
            attempts=[ChannelAttempt(SMS, "", sender, text, validity and validity * 60.0)],
            starts_at=(parameters.read_number("time_to_send") or 0) * SECOND,
            is_classic=True,
        )
        self._messente.accept_submission(sent, text, sender)
        return f"OK {sent.id}"

    def cancel_sms(self, parameters: Parameters) -> str:
        """Cancel a scheduled message.

        Args:
            parameters: `sms_unique_id`.
        """
        sent = self._find_message(parameters)
        if not self._messente.cancel_scheduled(sent):
            raise ClassicRefusal(UNKNOWN_ID)
        return "OK DELETED"

    def get_dlr_response(self, parameters: Parameters) -> str:
        """Return one of three statuses, or `FAILED 102` while there is no report.

        Args:
            parameters: `sms_unique_id`.
        """
        sent = self._find_message(parameters)
        if self._messente.sandbox.now() - sent.starts_at > RETENTION:
            raise ClassicRefusal(UNKNOWN_ID)
        message = self._messente.ledger.accepted[sent.id]
        if message.stage is Stage.CANCELLED:
            return f"OK {FAILED}"
        shown = sent.attempts[0].shown
        if shown is None:
            return NO_REPORT_YET
        self._messente.confirm_polled(sent)
        return f"OK {CLASSIC_STATUSES[str(shown['stat'])][0]}"

    def get_balance(self, parameters: Parameters) -> str:
        """Return the balance in euros."""
        return f"OK {'0.00' if 'no_credit' in self._messente.quirks else BALANCE}"

    def get_prices(self, parameters: Parameters) -> Response:
        """Return the prices of one country, as JSON or XML.

        Args:
            parameters: `country` (two characters), `format` (`json` or `xml`).
        """
        code, form = (
            parameters.read_required("country").upper(),
            parameters.read_text("format") or "json",
        )
        if form not in ("json", "xml"):
            raise ClassicRefusal("ERROR 106")
        if code in UNSUPPORTED:
            raise ClassicRefusal("ERROR 105")
        country = COUNTRIES.get(code)
        if country is None:
            raise ClassicRefusal("ERROR 104")
        if form == "xml":
            return Response(country.to_xml(), media_type="text/xml")
        return to_json_response(country.to_json())

    def get_price_list(self, parameters: Parameters) -> Response:
        """Return all prices as CSV."""
        return Response(build_price_list(), media_type="text/csv")

    def _read_message(self, parameters: Parameters) -> tuple[str, str]:
        """Return recipient and text; raise `ClassicRefusal` in the documented order of checks."""
        to = parameters.read_text("to")
        code = extract_code(to, CODE_PREFIX)
        # Documented order: this error comes before all checks of parameters.
        if code == 103:
            raise ClassicRefusal(REFUSALS[code])
        if not to or not ("text" in parameters or "data" in parameters):
            raise ClassicRefusal(WRONG_PARAMETER)
        if not NUMBER.fullmatch(to):
            raise ClassicRefusal("ERROR 105")
        if not has_known_country(to):
            raise ClassicRefusal("ERROR 104")
        if not is_supported(to):
            raise ClassicRefusal("ERROR 106")
        if self._messente.is_blocked(to):
            raise ClassicRefusal("ERROR 108")
        if code in REFUSALS:
            raise ClassicRefusal(REFUSALS[code])
        is_binary = "data" in parameters
        return to, parameters.read_text("data", "latin-1") if is_binary else parameters.read_text(
            "text", parameters.read_charset()
        )

    def _find_message(self, parameters: Parameters) -> SentMessage:
        """Return the classic message that the request names; raise `ClassicRefusal`."""
        sent = self._messente.sent.get(parameters.read_required("sms_unique_id"))
        if sent is None or not sent.is_classic:
            raise ClassicRefusal(UNKNOWN_ID)
        return sent


def check_options(parameters: Parameters) -> None:
    """Check the options of a send; raise `ClassicRefusal` 102 for an invalid one."""
    parameters.check_choice("autoconvert", "on", "full", "off")
    parameters.check_choice("mclass", "0", "1", "2", "3")
    parameters.check_choice("text-store", "plaintext", "sha256", "nostore")
    parameters.read_number("time_to_send")
    if parameters.read_number("validity") == 0:
        raise ClassicRefusal(WRONG_PARAMETER)
    if "dlr-url" in parameters and not is_web_address(parameters.read_text("dlr-url")):
        raise ClassicRefusal(WRONG_PARAMETER)


def build_endpoint(call: Call) -> Endpoint:
    """Return an endpoint that checks credentials; a refusal is one line with status 200."""

    async def answer_request(request: Request) -> Response:
        """Answer one request."""
        parameters = await read_parameters(request)
        try:
            if (parameters.read_text("username"), parameters.read_text("password")) != (
                API_KEY,
                API_SECRET,
            ):
                raise ClassicRefusal(WRONG_CREDENTIALS)
            answer = call(parameters)
        except ClassicRefusal as refusal:
            answer = str(refusal)
        return PlainTextResponse(answer) if isinstance(answer, str) else answer

    return answer_request
