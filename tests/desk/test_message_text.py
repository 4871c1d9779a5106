"""Test how a message is put into words."""

from dataclasses import replace
from datetime import UTC

import pytest

from tui.clock import DAY, HOUR, MINUTE
from tui.desk.badges import BADGES
from tui.desk.message_text import (
    MessageText,
    format_file,
    list_entry_details,
    list_reply_details,
)
from tui.domain.events import CopyKind, TimelineEntry
from tui.domain.file_names import format_file_count
from tui.domain.message import AttachmentInfo, Direction, Format, Message
from tui.domain.status import Status

NOW = 1_772_611_200_000
"""Wednesday, 4 March 2026, 08:00 UTC."""
SENT = Message(1, 1, Direction.OUT, Status.QUEUED, "au", "Hello", NOW, agent="mia")
RECEIVED = Message(2, 1, Direction.IN, None, "au", "Hi\nthere", NOW)
HOSTILE = "\x1b[2J\u202emia"


def describe_status(**changes: object) -> str:
    """Return the status of the sent message after some changes."""
    return MessageText(replace(SENT, **changes), zone=UTC).status  # type: ignore[arg-type]


@pytest.mark.parametrize("status", Status)
def test_every_status_is_its_badge_in_words(status: Status) -> None:
    text = MessageText(replace(SENT, status=status), zone=UTC)
    assert text.badge == BADGES[status]
    assert text.status == BADGES[status].label
    assert text.format_status(ascii=True) == BADGES[status].format(ascii=True)


def test_a_received_message_has_no_status() -> None:
    text = MessageText(RECEIVED, "Chloe", UTC)
    assert (text.badge, text.status, text.format_status(ascii=False)) == (None, "", "")


@pytest.mark.parametrize(
    ("message", "author", "agent"),
    [
        (RECEIVED, "Chloe", ""),
        (SENT, "mia", "mia"),
        (replace(SENT, agent=""), "the desk", ""),
        (replace(SENT, direction=Direction.NOTE, status=None), "mia", "mia"),
    ],
)
def test_a_message_names_its_author(message: Message, author: str, agent: str) -> None:
    text = MessageText(message, "Chloe", UTC)
    assert (text.author, text.agent) == (author, agent)


def test_nothing_from_outside_reaches_the_terminal_as_a_code() -> None:
    message = replace(SENT, agent=HOSTILE, body=HOSTILE, reason=HOSTILE, status=Status.FAILED)
    for text in (
        MessageText(message).author,
        MessageText(message).format_body(),
        MessageText(message).status,
        MessageText(RECEIVED, HOSTILE).author,
        format_file(AttachmentInfo(1, 1, HOSTILE, HOSTILE, 812)),
    ):
        assert text.isprintable()


def test_times_are_those_of_the_agents_zone() -> None:
    text = MessageText(SENT, zone=UTC)
    assert (text.time, text.timestamp) == ("08:00", "2026-03-04 08:00")


def test_further_lines_are_indented_and_a_long_text_is_cut() -> None:
    text = MessageText(RECEIVED)
    assert text.format_body(indent=3) == "Hi\n   there"
    assert text.format_body(limit=4) == "Hi\n…"
    long = replace(RECEIVED, body="x" * 9_000)
    assert len(MessageText(long).format_body()) == 4_000
    assert len(MessageText(long).format_body(limit=None)) == 9_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": Status.DELIVERED, "status_at": NOW, "reason": "x"}, "delivered 08:00"),
        ({"status": Status.FAILED, "reason": "no credit"}, "failed: no credit"),
        (
            {"status": Status.FAILED, "contradicted": True, "reason": "off"},
            "failed (also reported otherwise): off",
        ),
        ({"format": Format.PING, "status": Status.DELIVERED}, "the phone is on"),
        ({"format": Format.PING, "status": Status.ACCEPTED}, "accepted"),
        ({"scheduled_at": NOW + HOUR}, "scheduled for 09:00"),
        ({"scheduled_at": NOW + DAY, "status": Status.SCHEDULED}, "scheduled for Thu 5 Mar 08:00"),
        (
            {"scheduled_at": NOW + HOUR, "cancel_on_reply": True},
            "scheduled for 09:00, unless they reply",
        ),
        ({"scheduled_at": NOW + HOUR, "cancel_wanted": True}, "scheduled for 09:00, cancelling"),
        ({"scheduled_at": NOW + HOUR, "hold_until": NOW + HOUR}, "scheduled for 09:00, held here"),
        ({"scheduled_at": NOW + HOUR, "status": Status.ACCEPTED}, "accepted"),
    ],
)
def test_a_status_says_when_and_why(changes: dict[str, object], words: str) -> None:
    assert describe_status(**changes) == words


@pytest.mark.parametrize(("count", "words"), [(0, ""), (1, "1 file"), (2, "2 files")])
def test_files_are_counted(count: int, words: str) -> None:
    assert format_file_count(count) == words
    assert MessageText(replace(RECEIVED, attachments=count)).files == words


def test_an_event_shows_what_the_provider_reported_as_far_as_it_did() -> None:
    entry = TimelineEntry("receipt", NOW, NOW, Status.FAILED, "UNDELIV", "330", "off", True, "")
    assert list_entry_details(entry) == ["UNDELIV", "code 330", "off"]
    assert list_entry_details(replace(entry, code="", word="")) == ["off"]


TEN = 1_772_618_400_000
"""Ten o'clock, UTC."""


def describe(
    arrived: int, at: int | None = TEN, copy: CopyKind = CopyKind.FIRST, *, late: bool = True
) -> list[str]:
    """Return the details of a payload that arrived some minutes after ten."""
    received_at = TEN + arrived * MINUTE
    message = Message(
        1, 2, Direction.IN, None, "au", "Hi", TEN, arrived_at=received_at if late else None
    )
    entry = TimelineEntry("reply", received_at, at, None, "", "", "", False, "{}", copy=copy)
    return list_reply_details(message, entry, UTC)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (2, "Arrived 2m later, at 10:02"),
        (12, "Arrived 12m later, at 10:12"),
        (60, "Arrived 1h later, at 11:00"),
        (95, "Arrived 1h 35m later, at 11:35"),
        (15 * 60, "Arrived 15h later, at Thu 5 Mar 01:00"),
        (3 * 24 * 60, "Arrived 3d later, at Sat 7 Mar 10:00"),
    ],
)
def test_a_late_arrival_is_described_with_its_time(minutes: int, text: str) -> None:
    assert describe(minutes) == [text]


def test_a_time_that_is_not_used_is_explained() -> None:
    for at, text in [
        (None, "The provider gave no time: the text stands where it arrived"),
        (
            TEN + 60 * MINUTE,
            "The provider gave a time in the future: the text stands where it arrived",
        ),
        (1, "The provider gave a time that lies years back: the text stands where it arrived"),
    ]:
        assert describe(0, at, late=False) == [text]
    assert describe(0, late=False) == []


def test_copies_of_a_text_are_explained() -> None:
    assert describe(20, copy=CopyKind.COMPLETED) == ["Completed from the provider's list at 10:20"]
    assert describe(20, copy=CopyKind.REPEATED) == ["Came again with less at 10:20"]
    used = "The provider used this id for another message, too"
    assert describe(0, copy=CopyKind.REUSED, late=False) == [used]
    assert describe(12, copy=CopyKind.REUSED) == ["Arrived 12m later, at 10:12", used]
