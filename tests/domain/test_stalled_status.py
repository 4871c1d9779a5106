"""Test the explanation why the status of a message cannot advance."""

from dataclasses import replace

import pytest

from tui.clock import DAY, HOUR
from tui.domain.account import Account
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
    assert explanation == "Messente provides receipts for 48 hours; that time has passed"


def test_a_long_period_is_shown_in_days() -> None:
    long = replace(ASKED, title="MessageMedia", receipts_last_ms=45 * DAY)
    assert "for 45 days" in explain_stalled_status(SENT, account(long), 46 * DAY)


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
