"""Test Messente's classic API: forms, one-line responses, and the backup host."""

from dataclasses import replace
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import HOUR, ManualClock
from tui.domain.status import Status
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RateLimited,
    RecipientOptedOut,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.messente import Messente
from tui.providers.messente.status_codes import CLASSIC_CODES, ClassicCall
from tui.providers.protocol import Outgoing, SendAccepted, SendRefused

SMS_ID = "5f0c9a7be41d4f0f8a3c2b1e6d7f9a10"
MESSAGE = Outgoing("m1abcdefghi0", "+37251234567", "Your parcel & your receipt: 5 €")

Reply = str | int | Exception


class Wire:
    """Return the scripted response for each host and record the requests."""

    def __init__(self, first: list[Reply], backup: list[Reply] | None = None) -> None:
        """Keep the replies; a string is a body with HTTP 200, a number only an HTTP status."""
        self.replies = {"first.test": first, "backup.test": backup or []}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Return the next reply of the host."""
        self.requests.append(request)
        reply = self.replies[request.url.host].pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, int):
            return httpx.Response(reply)
        return httpx.Response(200, content=reply.encode(), headers={"Content-Type": "text/html"})

    @property
    def hosts(self) -> list[str]:
        """Return the requested hosts in order."""
        return [request.url.host for request in self.requests]

    @property
    def form(self) -> dict[str, str]:
        """Return the form of the last request."""
        return dict(parse_qsl(self.requests[-1].content.decode(), keep_blank_values=True))


def create_account(
    *first: Reply, backup: list[Reply] | None = None, clock: ManualClock | None = None
) -> tuple[Messente, Wire]:
    """Return a classic account and its wire."""
    wire = Wire(list(first), backup)
    client = Messente(
        base_url="https://unused.test",
        api_key="user",
        api_secret="pass word",
        clock=clock or ManualClock(),
        transport=httpx.MockTransport(wire),
        api="classic",
        classic_url="https://first.test/messente/",
        backup_url="https://backup.test",
    )
    return client, wire


async def test_a_send_is_a_form_with_the_number_in_digits() -> None:
    client, wire = create_account(f"OK {SMS_ID}")
    message = replace(MESSAGE, sender="Desk", callback_url="https://desk.test/h/x/m1abcdefghi0")
    (accepted,) = await client.send_messages([message])
    (request,) = wire.requests
    assert (request.method, request.url.path, request.url.query) == (
        "POST",
        "/messente/send_sms/",
        b"",
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert wire.form == {
        "username": "user",
        "password": "pass word",
        "to": "37251234567",
        "text": "Your parcel & your receipt: 5 €",
        "from": "Desk",
        "dlr-url": "https://desk.test/h/x/m1abcdefghi0",
    }
    assert isinstance(accepted, SendAccepted)
    assert (accepted.provider_id, accepted.status) == (SMS_ID, Status.ACCEPTED)


async def test_a_later_send_contains_its_time_and_is_scheduled() -> None:
    clock = ManualClock(1_795_242_600_000)
    client, wire = create_account(f"OK {SMS_ID} rest of it\n", clock=clock)
    (accepted,) = await client.send_messages([replace(MESSAGE, scheduled_at=clock.now() + HOUR)])
    assert wire.form["time_to_send"] == "1795246200"
    assert isinstance(accepted, SendAccepted)
    assert (accepted.provider_id, accepted.status) == (SMS_ID, Status.SCHEDULED)


async def test_a_past_time_means_now() -> None:
    clock = ManualClock()
    client, wire = create_account(f"OK {SMS_ID}", clock=clock)
    (accepted,) = await client.send_messages([replace(MESSAGE, scheduled_at=clock.now() - 1)])
    assert "time_to_send" not in wire.form
    assert isinstance(accepted, SendAccepted) and accepted.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("line", "kind", "field"),
    [
        ("ERROR 102", MessageInvalid, ""),
        ("ERROR 104", MessageInvalid, "to"),
        ("ERROR 105", MessageInvalid, "to"),
        ("ERROR 106", MessageInvalid, "to"),
        ("ERROR 111", MessageInvalid, "sender"),
        ("ERROR 199", MessageInvalid, ""),
    ],
)
async def test_a_wrong_message_is_refused_with_the_field(
    line: str, kind: type[ProviderError], field: str
) -> None:
    client, _ = create_account(line)
    (outcome,) = await client.send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused) and isinstance(outcome.error, MessageInvalid)
    assert (outcome.error.field, outcome.error.code) == (field, line)
    assert str(outcome.error).endswith(f"({line}); nothing was sent")


async def test_a_blacklisted_number_is_opted_out() -> None:
    client, _ = create_account("ERROR 108")
    (outcome,) = await client.send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused) and isinstance(outcome.error, RecipientOptedOut)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("ERROR 101", CredentialsRefused),
        ("ERROR 103", CredentialsRefused),
        ("ERROR 107", OutOfCredit),
        ("FAILED 208", Unavailable),
        ("FAILED 299", Unavailable),
        ("OK", Uncertain),
        ("", Uncertain),
        ("OKAY 12", Uncertain),
        ("ERROR", Uncertain),
        ("<html>OK</html>", Uncertain),
        (500, Uncertain),
        (504, Uncertain),
        (429, RateLimited),
        (503, Unavailable),
    ],
)
async def test_an_error_of_the_account_is_raised_without_the_backup_host(
    reply: Reply, kind: type[ProviderError]
) -> None:
    client, wire = create_account(reply)
    with pytest.raises(ProviderError) as caught:
        await client.send_messages([MESSAGE])
    assert type(caught.value) is kind
    assert wire.hosts == ["first.test"]
    assert "pass word" not in repr(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "reply", ["FAILED 209", httpx.ConnectError("refused"), httpx.ConnectTimeout("late")]
)
async def test_the_backup_host_gets_messages_that_were_certainly_not_sent(reply: Reply) -> None:
    client, wire = create_account(reply, backup=[f"OK {SMS_ID}"])
    (accepted,) = await client.send_messages([MESSAGE])
    assert isinstance(accepted, SendAccepted) and accepted.provider_id == SMS_ID
    assert wire.hosts == ["first.test", "backup.test"]
    assert wire.requests[1].url.path == "/send_sms/"
    assert wire.requests[0].content == wire.requests[1].content


@pytest.mark.parametrize("cut", [httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut")])
async def test_a_send_without_an_answer_is_uncertain_and_not_repeated(cut: Exception) -> None:
    client, wire = create_account(cut)
    with pytest.raises(Uncertain):
        await client.send_messages([MESSAGE])
    assert wire.hosts == ["first.test"]


async def test_errors_of_both_hosts_allow_another_attempt() -> None:
    client, _ = create_account("FAILED 209", backup=["FAILED 209"])
    with pytest.raises(Unavailable) as caught:
        await client.send_messages([MESSAGE])
    assert caught.value.code == "FAILED 209"


async def test_no_answer_from_the_backup_host_is_uncertain_too() -> None:
    client, _ = create_account("FAILED 209", backup=[httpx.ReadTimeout("late")])
    with pytest.raises(Uncertain):
        await client.send_messages([MESSAGE])


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        ("OK SENT", Status.SUBMITTED, ""),
        ("OK DELIVERED", Status.DELIVERED, ""),
        ("OK FAILED", Status.FAILED, "Messente's classic API gives no reason"),
        ("OK SURPRISE", None, ""),
    ],
)
async def test_a_report_is_one_of_three_statuses(
    line: str, status: Status | None, reason: str
) -> None:
    client, wire = create_account(line)
    receipt = await client.look_up_message(SMS_ID)
    assert (receipt.status, receipt.word, receipt.reason) == (status, line[3:], reason)
    assert (receipt.provider_id, receipt.at, receipt.raw) == (SMS_ID, None, line)
    assert wire.requests[0].url.path == "/messente/get_dlr_response/"
    assert wire.form["sms_unique_id"] == SMS_ID


async def test_a_missing_report_is_no_event_and_no_failure() -> None:
    client, _ = create_account("FAILED 102", "FAILED 102")
    receipt = await client.look_up_message(SMS_ID)
    assert (receipt.status, receipt.word) == (None, "")
    assert receipt.reason == "Messente has no report yet"
    assert await client.fetch_receipts_by_id([SMS_ID]) == []


async def test_reports_end_when_the_message_is_unknown() -> None:
    client, _ = create_account("ERROR 107", "OK SENT")
    gone, sent = await client.fetch_receipts_by_id([SMS_ID, "other"])
    assert (gone.is_last_report, gone.status, gone.provider_id) == (True, None, SMS_ID)
    assert (sent.is_last_report, sent.status) == (False, Status.SUBMITTED)
    assert client.capabilities.receipts_last_ms == 48 * HOUR


async def test_queries_use_the_backup_host_after_any_error() -> None:
    client, wire = create_account(httpx.ReadTimeout("late"), backup=["OK DELIVERED"])
    assert (await client.look_up_message(SMS_ID)).status is Status.DELIVERED
    assert wire.hosts == ["first.test", "backup.test"]


@pytest.mark.parametrize(
    ("base_url", "hosts"),
    [
        ("https://api.messente.com", ["api2.messente.com", "api3.messente.com"]),
        ("https://first.test", ["first.test"]),
    ],
)
async def test_queries_use_the_official_hosts_only_for_official_accounts(
    base_url: str, hosts: list[str]
) -> None:
    requested: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        """Record the host and raise a connection error."""
        requested.append(request.url.host)
        raise httpx.ConnectError("refused")

    client = Messente(
        base_url=base_url,
        api_key="user",
        api_secret="pass word",
        clock=ManualClock(),
        transport=httpx.MockTransport(refuse),
        api="classic",
    )
    with pytest.raises(Unavailable):
        await client.send_messages([MESSAGE])
    assert requested == hosts
    await client.aclose()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("ERROR 102", NotPossible),
        ("ERROR 107", NotFound),
        ("OK", UnreadableAnswer),
        (500, Unavailable),
    ],
)
async def test_a_failed_report_query_is_never_uncertain(
    reply: Reply, kind: type[ProviderError]
) -> None:
    client, _ = create_account(reply)
    with pytest.raises(kind):
        await client.look_up_message(SMS_ID)


@pytest.mark.parametrize("line", ["OK", "OK DELETED"])
async def test_a_cancel_is_done_when_the_line_begins_with_ok(line: str) -> None:
    client, wire = create_account(line)
    await client.cancel_message(SMS_ID)
    assert wire.requests[0].url.path == "/messente/cancel_sms/"
    assert wire.form == {"username": "user", "password": "pass word", "sms_unique_id": SMS_ID}


async def test_a_late_cancel_is_reported() -> None:
    client, _ = create_account("ERROR 107", "OK SENT")
    with pytest.raises(NotPossible, match="too late to cancel this message: Messente says SENT"):
        await client.cancel_message(SMS_ID)


async def test_cancelling_an_unknown_message_is_reported() -> None:
    client, _ = create_account("ERROR 107", "ERROR 107")
    with pytest.raises(NotFound):
        await client.cancel_message(SMS_ID)


async def test_the_balance_is_in_euros_and_checks_the_key() -> None:
    client, wire = create_account("OK 123.45", "OK 0.10")
    balance = await client.fetch_balance()
    assert (balance.text, balance.amount) == ("EUR 123.45", 123.45)
    assert await client.check_credentials() == "Messente accepts the API key; EUR 0.10 left"
    assert wire.requests[0].url.path == "/messente/get_balance/"


@pytest.mark.parametrize("line", ["OK", "OK NaN", "OK 1,5", "OK 1e9", "OK ١"])
async def test_a_balance_that_is_no_amount_is_unreadable(line: str) -> None:
    client, _ = create_account(line)
    with pytest.raises(UnreadableAnswer):
        await client.fetch_balance()


async def test_the_password_is_never_stored() -> None:
    client, _ = create_account(f"OK {SMS_ID} password=pass word")
    (accepted,) = await client.send_messages([MESSAGE])
    assert isinstance(accepted, SendAccepted)
    assert accepted.raw == f"OK {SMS_ID} password=***"


@pytest.mark.parametrize(
    ("base_url", "hosts"),
    [
        ("https://api.messente.com", ["api2.messente.com", "api3.messente.com"]),
        ("https://desk.test/messente", ["desk.test"]),
    ],
)
async def test_sends_use_the_official_hosts_only_for_official_accounts(
    base_url: str, hosts: list[str]
) -> None:
    requested = []

    def trouble(request: httpx.Request) -> httpx.Response:
        """Record the host and return a server error."""
        requested.append(request.url.host)
        return httpx.Response(200, text="FAILED 209")

    client = Messente(
        base_url=base_url,
        api_key="user",
        api_secret="secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(trouble),
        api="classic",
    )
    with pytest.raises(Unavailable):
        await client.send_messages([MESSAGE])
    assert requested == hosts


async def test_used_hosts_are_closed() -> None:
    client, _ = create_account("FAILED 209", backup=["OK 1"])
    await client.fetch_balance()
    await client.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await client.fetch_balance()


def test_every_documented_code_has_a_meaning_at_its_call() -> None:
    common = {"ERROR 101", "ERROR 102", "ERROR 103", "FAILED 208", "FAILED 209"}
    numbers = {f"ERROR {code}" for code in (104, 105, 106, 107, 108, 111)}
    assert CLASSIC_CODES[ClassicCall.SEND].keys() == common | numbers
    assert CLASSIC_CODES[ClassicCall.REPORT].keys() == common | {"ERROR 107", "FAILED 102"}
    assert CLASSIC_CODES[ClassicCall.CANCEL].keys() == common | {"ERROR 107"}
    assert CLASSIC_CODES[ClassicCall.BALANCE].keys() == common


lines = st.builds(
    " ".join,
    st.lists(
        st.sampled_from(["OK", "ERROR", "FAILED", "101", "102", "209", "SENT", "\x00", "\n"])
        | st.text(max_size=12),
        max_size=4,
    ),
)


@given(line=lines)
async def test_any_line_is_a_result_or_a_provider_error(line: str) -> None:
    client, _ = create_account(*[line] * 9, backup=[line] * 9)
    for call in (
        client.send_messages([MESSAGE]),
        client.look_up_message(SMS_ID),
        client.fetch_receipts_by_id([SMS_ID]),
        client.cancel_message(SMS_ID),
        client.fetch_balance(),
        client.check_credentials(),
    ):
        try:
            await call
        except ProviderError as error:
            assert "pass word" not in str(error) and "\n" not in str(error)
    await client.aclose()
