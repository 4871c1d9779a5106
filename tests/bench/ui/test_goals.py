"""Test the speed goals of the screen as ratios to programs measured at the same time."""

import statistics

import pytest

from tests.bench.ui import colleagues, idle, measures, start_up, stores
from tests.bench.ui.programs import BARE, PROTOTYPE, command_program, inbox_program

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]


def test_the_first_rows_are_readable_long_before_a_bare_app_is() -> None:
    ours = command_program(stores.prepare_inbox_file(stores.SMALL))
    found = measures.measure_in_turns(
        {"bare": BARE, "ours": ours}, start_up.measure_first_rows, rounds=6
    )
    bare, first = (statistics.median(found[name][1:]) for name in ("bare", "ours"))
    assert first <= 0.6 * bare


def test_a_key_pressed_at_the_first_rows_has_its_effect_on_the_real_screen() -> None:
    ours = command_program(stores.prepare_inbox_file(stores.SMALL))
    assert start_up.measure_first_key(ours) > start_up.measure_first_rows(ours)


def test_the_next_row_costs_little_more_than_in_the_prototype() -> None:
    prototype = measures.measure_next_row(PROTOTYPE)
    ours = measures.measure_next_row(inbox_program(stores.prepare_inbox_file(stores.SMALL)))
    floor, scrolled = (
        measures.summarize_bursts(keys) for keys in (prototype.inside, prototype.scrolling)
    )
    inside, scrolling = (measures.summarize_bursts(keys) for keys in (ours.inside, ours.scrolling))
    assert inside.size <= floor.size
    assert scrolling.size <= scrolled.size / 2
    assert scrolling.p50_ms <= 2 * scrolled.p50_ms


def test_a_typed_character_does_not_repaint_a_line() -> None:
    bursts, _ = measures.measure_typing(
        inbox_program(stores.prepare_inbox_file(stores.SMALL)), "hello you"
    )
    assert measures.summarize_bursts(bursts).size <= 400


def test_a_badge_change_repaints_only_its_own_cells() -> None:
    assert colleagues.measure_badge_change(stores.prepare_inbox_file(stores.SMALL)).size <= 300


def test_a_change_by_a_colleague_shows_at_once() -> None:
    assert (
        colleagues.measure_changes_by_colleague(
            stores.prepare_inbox_file(stores.SMALL), 1, times=20
        ).p50_ms
        <= 60
    )


def test_memory_stays_within_twice_the_bare_apps() -> None:
    ours = idle.measure_peak_memory(inbox_program(stores.prepare_inbox_file(stores.SMALL)))
    assert ours <= 2 * idle.measure_peak_memory(BARE)
