"""What stands between Enter and the outbox."""

from datetime import UTC, datetime

from tui.desk.routes import Route
from tui.desk.send_checks import (
    Objection,
    SendConfirmation,
    check_fields,
    check_quiet_hours,
    check_route,
)
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.message import NO_MMS_CONTENT, MmsContent

_ROUTE = Route(
    Account(
        "pl",
        "x",
        capabilities=Capabilities("X", ReplyChannel.POLL, ReceiptChannel.BY_ID, max_characters=9),
    ),
    "",
)
_KEYS = {"pictures": "F9", "account": "F6"}


def test_what_stops_stops_every_time() -> None:
    guard, stop = SendConfirmation(), Objection("No")
    assert [guard.review_objections([stop, Objection("Look", "a")]) for _ in range(3)] == ["No"] * 3


def test_what_is_said_is_said_once_until_forgotten() -> None:
    guard, first, second = SendConfirmation(), Objection("Look", "a"), Objection("It is late", "b")
    assert guard.review_objections([first]) == "Look · Enter again sends all the same"
    assert guard.review_objections([first]) == ""
    assert guard.review_objections([first, second]) == "It is late · Enter again sends all the same"
    guard.reset_warnings()
    assert guard.review_objections([first, second]).startswith("Look · It is late")
    assert SendConfirmation("y").review_objections([first]) == "Look · y sends all the same"


def test_something_said_behind_a_stop_is_said_later() -> None:
    guard, look = SendConfirmation(), Objection("Look", "a")
    assert guard.review_objections([Objection("No"), look]) == "No"
    assert guard.review_objections([look]).startswith("Look")


def test_open_fields_are_named_up_to_three() -> None:
    (one,) = check_fields("Dear {name}")
    assert one == Objection("Not sent: {name} is not filled in, type over it")
    (many,) = check_fields("{a} {b} {a} {c} {d}")
    assert many.text == "Not sent: {a}, {b}, {c} and 1 more are not filled in, type over it"
    assert check_fields("no fields { }") == []


def test_an_account_takes_neither_what_is_too_long_nor_pictures_it_cannot_send() -> None:
    assert check_route("x" * 9, NO_MMS_CONTENT, _ROUTE, _KEYS) == []
    (long,) = check_route("x" * 10, NO_MMS_CONTENT, _ROUTE, _KEYS)
    assert long == Objection("Not sent: 10 characters, pl takes at most 9")
    (picture,) = check_route("", MmsContent(("https://x.example/a.png",)), _ROUTE, _KEYS)
    assert picture == Objection("Not sent: pl sends no pictures · F9 removes them, F6 changes")


def test_at_night_it_says_the_hour_and_what_waits() -> None:
    night = round(datetime(2026, 3, 4, 22, 10, tzinfo=UTC).timestamp() * 1_000)
    (late,) = check_quiet_hours("+48500600700", night, (20, 8), "F5")
    assert late.text == "It is 23:10 there · F5 waits until 08:00"
    assert check_quiet_hours("+48500600700", night - 8 * 3_600_000, (20, 8), "F5") == []
    assert check_quiet_hours("+48500600700", night, None, "F5") == []
    assert check_quiet_hours("71234", night, (20, 8), "F5") == []
