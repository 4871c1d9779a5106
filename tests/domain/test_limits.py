"""Why a badge can go no further."""

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


def test_a_provider_that_only_pushes_tells_nothing_more_without_the_listener() -> None:
    words = explain_stalled_status(SENT, account(PUSHES), 0)
    assert words.startswith("MessagePort tells nothing more without the listener")


def test_with_a_listener_the_badge_moves_when_the_receipt_is_pushed() -> None:
    assert "when its receipt is pushed" in explain_stalled_status(
        SENT, account(PUSHES, listener=True), 0
    )


def test_a_provider_without_receipts_never_tells_more() -> None:
    silent = replace(PUSHES, receipts_pushed=False)
    assert "never tells more" in explain_stalled_status(SENT, account(silent, listener=True), 0)


def test_after_the_time_in_which_receipts_can_be_asked_for_nothing_more_comes() -> None:
    assert explain_stalled_status(SENT, account(ASKED), 48 * HOUR) == ""
    words = explain_stalled_status(SENT, account(ASKED), 48 * HOUR + 1)
    assert words == "Messente tells receipts for 48 hours; that time is over"


def test_a_long_time_is_told_in_days() -> None:
    long = replace(ASKED, title="MessageMedia", receipts_last_ms=45 * DAY)
    assert "for 45 days" in explain_stalled_status(SENT, account(long), 46 * DAY)


def test_an_account_that_is_gone_is_named_as_the_reason() -> None:
    assert "no longer in the settings" in explain_stalled_status(SENT, None, 0)


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.FAILED, Status.CANCELLED])
def test_what_has_ended_needs_no_reason(status: Status) -> None:
    assert explain_stalled_status(replace(SENT, status=status), account(PUSHES), 0) == ""


def test_a_text_that_came_in_has_no_badge_to_explain() -> None:
    came = replace(SENT, direction=Direction.IN, status=None)
    assert explain_stalled_status(came, account(PUSHES), 0) == ""


def test_what_an_account_can_do_may_be_unknown() -> None:
    assert explain_stalled_status(SENT, account(None), 0) == ""
