"""Test the speed goals of the screen as ratios to programs measured at the same time."""

import pytest

from tests.bench.ui import measures, stores

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]


def test_the_first_rows_are_readable_as_soon_as_a_bare_app_is() -> None:
    path = stores.prepare_inbox_file(stores.SMALL)
    bare, ours = measures.measure_start_up(
        [measures.BARE, measures.command_program(path)], rounds=5
    )
    assert ours <= 1.35 * bare


def test_the_next_row_costs_little_more_than_in_the_prototype() -> None:
    prototype, scrolled = measures.measure_next_row(measures.PROTOTYPE)
    ours, ours_scrolled = measures.measure_next_row(
        measures.inbox_program(stores.prepare_inbox_file(stores.SMALL))
    )
    assert ours.size <= prototype.size
    assert ours_scrolled.size <= scrolled.size / 2
    assert ours_scrolled.p50_ms <= 2 * scrolled.p50_ms


def test_a_typed_character_does_not_repaint_a_line() -> None:
    answers, _ = measures.measure_typing(
        measures.inbox_program(stores.prepare_inbox_file(stores.SMALL)), "hello you"
    )
    assert answers.size <= 400


def test_a_badge_change_repaints_only_its_own_cells() -> None:
    assert measures.measure_badge_change(stores.prepare_inbox_file(stores.SMALL)).size <= 300


def test_a_change_by_a_colleague_shows_at_once() -> None:
    assert (
        measures.measure_changes_by_colleague(
            stores.prepare_inbox_file(stores.SMALL), 1, times=20
        ).p50_ms
        <= 60
    )


def test_memory_stays_within_twice_the_bare_apps() -> None:
    ours = measures.measure_peak_memory(
        measures.inbox_program(stores.prepare_inbox_file(stores.SMALL))
    )
    assert ours <= 2 * measures.measure_peak_memory(measures.BARE)
