"""Test what is learned as usual for an account: by synthetic desks of every kind."""

import bisect
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import DAY, HOUR, MINUTE, SECOND
from tui.domain.rhythm import (
    LEARNING_MS,
    SLOT_MS,
    Rhythm,
    learn_receipt_pace,
    learn_rhythm,
)

END = 1_772_611_200_000 // DAY * DAY
"""Midnight (UTC) before a Wednesday, 4 March 2026."""
MONDAY = END - 2 * DAY
Rate = Callable[[int], float]


def get_weekday(at: int) -> int:
    """Return the day of the week; 0 for Monday."""
    return (at // DAY + 3) % 7


def get_hour(at: int) -> float:
    """Return the hour of the day."""
    return at % DAY / HOUR


def day_shop(at: int) -> float:
    """Six replies an hour, Monday to Friday, 8 to 18."""
    return 0.1 if get_weekday(at) < 5 and 8 <= get_hour(at) < 18 else 0.0


def always_open(at: int) -> float:
    """Thirty replies an hour, day and night."""
    return 0.5


def weekend_closed(at: int) -> float:
    """Replies all day and night, none at the weekend."""
    return 0.2 if get_weekday(at) < 5 else 0.0


def mostly_by_day(at: int) -> float:
    """Three replies an hour by day, one now and then at night."""
    return 0.05 if 7 <= get_hour(at) < 21 else 0.003


def weekend_shop(at: int) -> float:
    """Open on Saturdays and Sundays only."""
    return 0.08 if get_weekday(at) >= 5 and 10 <= get_hour(at) < 20 else 0.0


def rare(at: int) -> float:
    """One reply a day, at any time."""
    return 1 / 1440


def write_replies(rate: Rate, start: int, end: int, seed: int = 1) -> list[int]:
    """Return the times of replies that come at random with a rate per minute."""
    rng = random.Random(seed)
    return [at for at in range(start, end, MINUTE) if rng.random() < rate(at)]


def learn(replies: list[int], now: int) -> Rhythm | None:
    """Return what is learned from the replies so far."""
    slots = {at // SLOT_MS for at in replies if now - LEARNING_MS <= at < now}
    return learn_rhythm(sorted(slots), now)


def find_false_alarms(rate: Rate, seed: int, weeks: int = 3) -> int:
    """Return how many alarms a desk without any failure raises in its last weeks."""
    replies = write_replies(rate, END - LEARNING_MS - weeks * 7 * DAY, END, seed)
    alarms, rhythm, was_unusual = 0, None, False
    for now in range(END - weeks * 7 * DAY, END, 20 * MINUTE):
        if now % (6 * HOUR) == 0:
            rhythm = learn(replies, now)
        last = replies[bisect.bisect_left(replies, now) - 1]
        is_unusual = rhythm is not None and rhythm.is_unusual(last, now)
        alarms += is_unusual and not was_unusual
        was_unusual = is_unusual
    return alarms


def measure_reaction(rate: Rate, failed_at: int, seed: int = 1) -> int:
    """Return the time (ms) from a failure to its alarm."""
    replies = write_replies(rate, failed_at - LEARNING_MS, failed_at, seed)
    rhythm = learn(replies, failed_at)
    assert rhythm is not None
    now = failed_at
    while not rhythm.is_unusual(replies[-1], now):
        now += 10 * MINUTE
        assert now < failed_at + 30 * DAY, "no alarm in a month"
    return now - failed_at


REGULAR = (day_shop, always_open, weekend_closed, mostly_by_day, weekend_shop)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rate", [*REGULAR, rare])
def test_a_desk_without_a_failure_raises_hardly_any_alarm(rate: Rate, seed: int) -> None:
    assert find_false_alarms(rate, seed) <= 1


@pytest.mark.parametrize(
    ("rate", "failed_at", "hours"),
    [
        (always_open, END + 3 * HOUR, 1),
        (day_shop, END + 10 * HOUR, 3),
        (mostly_by_day, END + 10 * HOUR, 6),
        (weekend_closed, END + 10 * HOUR, 2),
        (weekend_shop, MONDAY + 5 * DAY + 11 * HOUR, 4),
    ],
)
def test_a_failure_in_open_hours_is_noticed_soon(rate: Rate, failed_at: int, hours: int) -> None:
    assert measure_reaction(rate, failed_at) <= hours * HOUR


@pytest.mark.parametrize(
    ("rate", "closed_at", "opens_at"),
    [
        (day_shop, END + 18 * HOUR, END + DAY + 8 * HOUR),
        (day_shop, MONDAY + 4 * DAY + 18 * HOUR, MONDAY + 7 * DAY + 8 * HOUR),
        (weekend_closed, MONDAY + 5 * DAY, MONDAY + 7 * DAY),
        (weekend_shop, MONDAY + 6 * DAY + 20 * HOUR, MONDAY + 12 * DAY + 10 * HOUR),
    ],
)
def test_closed_hours_raise_no_alarm_but_the_morning_after_does(
    rate: Rate, closed_at: int, opens_at: int
) -> None:
    replies = write_replies(rate, closed_at - LEARNING_MS, closed_at)
    rhythm = learn(replies, closed_at)
    assert rhythm is not None
    assert not any(
        rhythm.is_unusual(replies[-1], now) for now in range(closed_at, opens_at, 10 * MINUTE)
    )
    assert rhythm.is_unusual(replies[-1], opens_at + 6 * HOUR)


def test_a_rare_account_needs_many_days_of_silence() -> None:
    assert 4 * DAY <= measure_reaction(rare, END) <= 25 * DAY


@pytest.mark.parametrize(
    ("rate", "days"), [(always_open, 10), (day_shop, 13), (rare, 21), (lambda at: 0.0, 56)]
)
def test_too_short_or_too_quiet_a_past_has_no_rhythm(rate: Rate, days: int) -> None:
    assert learn(write_replies(rate, END - days * DAY, END), END) is None


def test_one_campaign_does_not_hide_the_rhythm_of_the_other_days() -> None:
    replies = write_replies(day_shop, END - LEARNING_MS, END)
    campaign = [END - 6 * DAY + 10 * HOUR + n * SECOND for n in range(5_000)]
    rhythm, usual = learn(sorted(replies + campaign), END), learn(replies, END)
    assert rhythm is not None and usual is not None
    assert rhythm.limit == pytest.approx(usual.limit, rel=0.2)


def test_an_outage_and_a_holiday_of_the_past_do_not_make_the_alarm_deaf() -> None:
    replies = [
        at
        for at in write_replies(day_shop, END - LEARNING_MS, END)
        if at // DAY not in (END // DAY - 14, END // DAY - 30)
    ]
    rhythm = learn(replies, END)
    assert rhythm is not None
    assert rhythm.is_unusual(END - 6 * HOUR, END + 14 * HOUR)


def test_the_change_to_summer_time_raises_no_alarm() -> None:
    def opens_later(at: int) -> float:
        return day_shop(at - HOUR)

    replies = write_replies(day_shop, END - LEARNING_MS, END)
    rhythm = learn(replies, END)
    assert rhythm is not None
    assert not rhythm.is_unusual(replies[-1], END + 9 * HOUR + 5 * MINUTE)


@given(st.integers(0, 10 * DAY), st.integers(0, 10 * DAY), st.integers(0, 60 * DAY))
def test_a_longer_silence_is_never_less_surprising(start: int, first: int, second: int) -> None:
    rhythm = Rhythm([hour % 24 / 24 for hour in range(168)], 10.0)
    since = END + start
    shorter, longer = sorted((since + first, since + second))
    assert rhythm.measure_silence(since, shorter) <= rhythm.measure_silence(since, longer) + 1e-9


def test_whole_weeks_are_counted_like_their_hours() -> None:
    rhythm = Rhythm([1.0] * 168, 10.0)
    for days in (1, 6, 7, 8, 15):
        assert rhythm.measure_silence(END, END + days * DAY + SLOT_MS) == days * 144


def test_a_time_before_the_last_reply_is_no_silence() -> None:
    assert Rhythm([1.0] * 168, 1.0).measure_silence(END, END - DAY) == 0.0


# Receipts ---------------------------------------------------------------------------------------

FAST = [5 * SECOND + n * 100 for n in range(100)]


def test_late_is_what_is_late_for_this_account() -> None:
    fast = learn_receipt_pace(FAST)
    slow = learn_receipt_pace([20 * MINUTE + n * SECOND for n in range(100)])
    assert fast is not None and slow is not None
    assert fast.limit_ms == 10 * MINUTE
    assert slow.limit_ms > HOUR


def test_too_few_receipts_are_no_past() -> None:
    assert learn_receipt_pace(FAST[:19]) is None
    assert learn_receipt_pace(FAST[:20]) is not None
    assert learn_receipt_pace([]) is None


def test_phones_that_were_off_do_not_change_what_is_usual() -> None:
    pace = learn_receipt_pace([*FAST, *[20 * HOUR] * 8])
    assert pace is not None
    assert pace.limit_ms == 10 * MINUTE
    assert pace.late_share == pytest.approx(8 / 108)


@pytest.mark.parametrize(
    ("newest_first", "unusual"),
    [
        ("", False),
        ("....................", False),
        ("x", False),
        ("x...................", False),
        ("xx", False),
        ("xx..................", False),
        ("xxx", True),
        ("xxx.................", True),
        ("xx.x................", True),
        ("x......x......x.....", False),
        (".................xxx", False),
        ("x.x.x.x.x.x.x.x.x.x.", True),
        ("xxxxxxxxxxxxxxxxxxxx", True),
    ],
)
def test_a_few_late_receipts_are_phones_and_many_are_a_failure(
    newest_first: str, unusual: bool
) -> None:
    pace = learn_receipt_pace(FAST)
    assert pace is not None
    assert pace.is_unusual([mark == "x" for mark in newest_first]) is unusual


def test_an_account_with_many_late_receipts_needs_more_of_them() -> None:
    pace = learn_receipt_pace([*FAST[:70], *[20 * HOUR] * 7])
    assert pace is not None
    assert not pace.is_unusual([True] * 3 + [False] * 7)
    assert pace.is_unusual([True] * 9 + [False])


def test_a_clock_of_the_provider_that_is_behind_makes_no_negative_delay() -> None:
    pace = learn_receipt_pace([-5_000] * 50)
    assert pace is not None and pace.limit_ms == 10 * MINUTE
