"""What stands between Enter and the outbox."""

from datetime import UTC, datetime

from tui.desk.guards import Guard, Objection, at_night, impossible, unfilled
from tui.desk.replying import Route
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, Channel, ReceiptChannel
from tui.domain.message import NOTHING, Enclosed

_ROUTE = Route(
    Account("pl", "x", capabilities=Capabilities("X", Channel.POLL, ReceiptChannel.ASK, longest=9)),
    "",
)
_KEYS = {"pictures": "F9", "account": "F6"}


def test_what_stops_stops_every_time() -> None:
    guard, stop = Guard(), Objection("No")
    assert [guard.hear([stop, Objection("Look", "a")]) for _ in range(3)] == ["No"] * 3


def test_what_is_said_is_said_once_until_forgotten() -> None:
    guard, first, second = Guard(), Objection("Look", "a"), Objection("It is late", "b")
    assert guard.hear([first]) == "Look · Enter again sends all the same"
    assert guard.hear([first]) == ""
    assert guard.hear([first, second]) == "It is late · Enter again sends all the same"
    guard.forget()
    assert guard.hear([first, second]).startswith("Look · It is late")
    assert Guard("y").hear([first]) == "Look · y sends all the same"


def test_something_said_behind_a_stop_is_said_later() -> None:
    guard, look = Guard(), Objection("Look", "a")
    assert guard.hear([Objection("No"), look]) == "No"
    assert guard.hear([look]).startswith("Look")


def test_open_fields_are_named_up_to_three() -> None:
    (one,) = unfilled("Dear {name}")
    assert one == Objection("Not sent: {name} is not filled in, type over it")
    (many,) = unfilled("{a} {b} {a} {c} {d}")
    assert many.words == "Not sent: {a}, {b}, {c} and 1 more are not filled in, type over it"
    assert unfilled("no fields { }") == []


def test_an_account_takes_neither_what_is_too_long_nor_pictures_it_cannot_send() -> None:
    assert impossible("x" * 9, NOTHING, _ROUTE, _KEYS) == []
    (long,) = impossible("x" * 10, NOTHING, _ROUTE, _KEYS)
    assert long == Objection("Not sent: 10 characters, pl takes at most 9")
    (picture,) = impossible("", Enclosed(("https://x.example/a.png",)), _ROUTE, _KEYS)
    assert picture == Objection("Not sent: pl sends no pictures · F9 removes them, F6 changes")


def test_at_night_it_says_the_hour_and_what_waits() -> None:
    night = round(datetime(2026, 3, 4, 22, 10, tzinfo=UTC).timestamp() * 1_000)
    (late,) = at_night("+48500600700", night, (20, 8), "F5")
    assert late.words == "It is 23:10 there · F5 waits until 08:00"
    assert at_night("+48500600700", night - 8 * 3_600_000, (20, 8), "F5") == []
    assert at_night("+48500600700", night, None, "F5") == []
    assert at_night("71234", night, (20, 8), "F5") == []
