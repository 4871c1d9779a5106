"""Test the explanation why the status of a message cannot advance."""

from dataclasses import replace

import pytest

from tui.clock import DAY, HOUR, MINUTE
from tui.domain.account import Account, AccountState, ListenerState
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.failure_advice import explain_stalled_status
from tui.domain.message import Direction, Message
from tui.domain.status import Status

SENT = Message(1, 1, Direction.OUT, Status.ACCEPTED, "mp", "Hello", at=0)
PUSHES = Capabilities("MessagePort", ReplyChannel.PUSH, ReceiptChannel.NONE)
ASKED = Capabilities(
    "Messente", ReplyChannel.PUSH, ReceiptChannel.BY_ID, receipts_last_ms=48 * HOUR
)


def account(capabilities: Capabilities | None, *, listener: bool = False) -> Account:
    return Account("mp", "messageport", capabilities=capabilities, listener=listener)


def test_a_push_only_provider_needs_the_listener() -> None:
    explanation = explain_stalled_status(SENT, account(PUSHES), 0)
    assert explanation.startswith("MessagePort shows no more without the listener")


def test_with_a_listener_there_is_nothing_to_explain() -> None:
    assert "when its receipt is pushed" in explain_stalled_status(
        SENT, account(PUSHES, listener=True), 0
    )


def test_a_provider_without_receipts_never_reports_more() -> None:
    silent = replace(PUSHES, receipts_pushed=False)
    assert "never shows more" in explain_stalled_status(SENT, account(silent, listener=True), 0)


def test_receipts_end_after_the_query_period() -> None:
    assert explain_stalled_status(SENT, account(ASKED), 48 * HOUR) == ""
    explanation = explain_stalled_status(SENT, account(ASKED), 48 * HOUR + 1)
    assert explanation == "Messente provides receipts for 2d; that time has passed"


def test_a_long_period_is_shown_in_days() -> None:
    long = replace(ASKED, title="MessageMedia", receipts_last_ms=45 * DAY)
    assert "for 6w 3d" in explain_stalled_status(SENT, account(long), 46 * DAY)


def test_a_removed_account_is_the_reason() -> None:
    assert "no longer in the settings" in explain_stalled_status(SENT, None, 0)


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.FAILED, Status.CANCELLED])
def test_a_final_status_needs_no_reason(status: Status) -> None:
    assert explain_stalled_status(replace(SENT, status=status), account(PUSHES), 0) == ""


def test_an_incoming_message_has_no_reason() -> None:
    came = replace(SENT, direction=Direction.IN, status=None)
    assert explain_stalled_status(came, account(PUSHES), 0) == ""


def test_unknown_capabilities_are_accepted() -> None:
    assert explain_stalled_status(SENT, account(None), 0) == ""


def listening(seen_at: int, **more: int) -> AccountState:
    """Return the state of an account with a listener."""
    listener = ListenerState("srv", "ops", "service", "http://127.0.0.1:8780", 0, seen_at)
    return AccountState("mp", listener=listener, **more)  # type: ignore[arg-type]


def test_a_dead_listener_is_the_reason_why_no_receipt_comes() -> None:
    pushed = account(PUSHES, listener=True)
    dead = explain_stalled_status(SENT, pushed, HOUR, listening(0))
    assert dead == "MessagePort pushes its receipt, and no process listens now"
    alive = explain_stalled_status(SENT, pushed, HOUR, listening(HOUR))
    assert "when its receipt is pushed" in alive


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.SUBMITTED])
def test_a_receipt_that_is_late_for_the_account_is_explained(status: Status) -> None:
    message, state = replace(SENT, status=status), AccountState("mp", receipt_limit_ms=10 * MINUTE)
    assert explain_stalled_status(message, account(ASKED), 10 * MINUTE, state) == ""
    late = explain_stalled_status(message, account(ASKED), 11 * MINUTE, state)
    assert late.startswith("Its receipt is late: on this account they usually come within 10m")
    held = replace(message, hold_until=5 * MINUTE)
    assert explain_stalled_status(held, account(ASKED), 11 * MINUTE, state) == ""


@pytest.mark.parametrize("status", [Status.UNCERTAIN, Status.SCHEDULED])
def test_what_was_not_sent_for_certain_has_no_late_receipt(status: Status) -> None:
    message, state = replace(SENT, status=status), AccountState("mp", receipt_limit_ms=1)
    assert explain_stalled_status(message, account(ASKED), HOUR, state) == ""


def test_a_queued_message_of_an_account_without_credit_says_what_ends_the_wait() -> None:
    queued = replace(SENT, status=Status.QUEUED)
    broke = AccountState("mp", credit_out_at=5)
    assert "no credit" in explain_stalled_status(queued, account(ASKED), HOUR, broke)
    assert explain_stalled_status(queued, account(ASKED), HOUR, AccountState("mp")) == ""
    assert explain_stalled_status(queued, account(ASKED), HOUR) == ""
