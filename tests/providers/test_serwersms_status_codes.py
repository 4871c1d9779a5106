"""Test that every documented status, reason and error code of SerwerSMS has a meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.status import Status
from tui.providers.serwersms.status_codes import REASON_MEANINGS, describe_code, map_status

REPORTED = {
    "saved": Status.SCHEDULED,
    "in_progress": Status.ACCEPTED,
    "sent": Status.SUBMITTED,
    "pending": Status.SUBMITTED,
    "delivered": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "unsent": Status.REJECTED,
}
PUSHED = {
    "DELIVRD": Status.DELIVERED,
    "UNDELIV": Status.FAILED,
    "ERR": Status.FAILED,
    "PENDING": Status.SUBMITTED,
    "ACCEPTD": Status.SUBMITTED,
    "EXPIRED": Status.EXPIRED,
    "DELETED": Status.FAILED,
    "UNKNOWN": None,
    "REJECTD": Status.REJECTED,
}
DOCUMENTED_REASONS = (
    "message_expired",
    "unsupported_number",
    "message_rejected",
    "missed_call",
    "wrong_number",
    "limit_exhausted",
    "lock_send",
    "wrong_message",
    "operator_error",
    "wrong_sender_name",
    "number_is_blacklisted",
    "sending_to_foreign_networks_is_locked",
    "no_permission_to_send_messages",
    "other_error",
)
DOCUMENTED_CODES = (
    *range(1000, 1009),
    *range(2000, 2003),
    *range(3000, 3010),
    *(3100, 3101, 3102, 3106),
    *(4000, 4100, 4200, 4312, 4400, 4407, 4500, 4600),
)


@pytest.mark.parametrize("word", [*REPORTED, *PUSHED])
def test_every_documented_status_is_mapped(word: str) -> None:
    assert map_status(word) is (REPORTED | PUSHED)[word]


def test_a_failure_by_timeout_is_expired() -> None:
    assert map_status("undelivered", "message_expired") is Status.EXPIRED
    assert map_status("delivered", "message_expired") is Status.DELIVERED


@given(word=st.text())
def test_an_undocumented_status_is_not_mapped(word: str) -> None:
    known = {name.lower() for name in (*REPORTED, *PUSHED)}
    assert (map_status(word) is None) or word.strip().lower() in known


@pytest.mark.parametrize("reason", DOCUMENTED_REASONS)
def test_every_documented_reason_is_explained(reason: str) -> None:
    assert " " in REASON_MEANINGS[reason]


@pytest.mark.parametrize("code", DOCUMENTED_CODES)
def test_every_documented_code_is_explained(code: int) -> None:
    assert " " in describe_code(code)


def test_each_error_code_has_its_own_explanation() -> None:
    meanings = [describe_code(code) for code in DOCUMENTED_CODES]
    assert len(set(meanings)) == len(meanings)


@pytest.mark.parametrize("code", [0, 999, 3103, 5000, -1])
def test_an_undocumented_code_is_not_explained(code: int) -> None:
    assert describe_code(code) == ""
