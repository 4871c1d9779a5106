"""The goals of the screen, as ratios to what is measured in the same minute on the same machine."""

import pytest

from tests.bench.ui import measures, stores

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]


def test_the_first_rows_are_readable_as_soon_as_a_bare_app_is() -> None:
    path = stores.inbox_file(stores.SMALL)
    bare, ours = measures.start_up([measures.BARE, measures.command(path)], rounds=5)
    assert ours <= 1.35 * bare


def test_the_next_row_costs_little_more_than_the_prototypes_and_fewer_bytes() -> None:
    prototype, scrolled = measures.next_row(measures.PROTOTYPE)
    ours, ours_scrolled = measures.next_row(measures.inbox(stores.inbox_file(stores.SMALL)))
    assert ours.size <= prototype.size
    assert ours_scrolled.size <= scrolled.size / 2
    assert ours_scrolled.p50_ms <= 2 * scrolled.p50_ms


def test_a_typed_character_costs_no_line() -> None:
    answers, _ = measures.typing(measures.inbox(stores.inbox_file(stores.SMALL)), "hello you")
    assert answers.size <= 400


def test_one_badge_costs_its_own_cells() -> None:
    assert measures.one_badge(stores.inbox_file(stores.SMALL)).size <= 300


def test_a_colleagues_change_shows_within_a_blink() -> None:
    assert measures.others_change(stores.inbox_file(stores.SMALL), 1, times=20).p50_ms <= 60


def test_memory_stays_within_twice_the_bare_apps() -> None:
    ours = measures.peak_mb(measures.inbox(stores.inbox_file(stores.SMALL)))
    assert ours <= 2 * measures.peak_mb(measures.BARE)
