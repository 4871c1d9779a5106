"""Test that the badges are complete, have words of their own, and decide all ASCII shapes."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tui.desk.badges import BADGES, HEALTH_BADGES, Badge, Symbol, list_symbols
from tui.domain.account import Health
from tui.domain.status import Status
from tui.terminal.ascii_text import protect_text, to_ascii

README = Path(__file__).parents[2] / "README.md"
STYLES = {"waiting", "moving", "good", "bad", "doubt"}
ALL_BADGES = [*BADGES.values(), *HEALTH_BADGES.values()]


def test_every_status_and_every_health_has_a_badge() -> None:
    assert set(BADGES) == set(Status)
    assert set(HEALTH_BADGES) == set(Health)


def test_every_status_has_a_label_of_its_own() -> None:
    assert len({badge.label for badge in BADGES.values()}) == len(Status)


def test_the_readme_names_every_status_as_an_agent_sees_it() -> None:
    text = " ".join(README.read_text(encoding="utf-8").split())
    (statuses,) = re.findall(r"\*\*Delivery status\*\*: (.*?)\.", text)
    assert set(statuses.split(", ")) == {badge.label for badge in BADGES.values()}


@pytest.mark.parametrize("badge", ALL_BADGES)
def test_a_badge_has_a_known_style_and_an_ascii_shape(badge: Badge) -> None:
    assert badge.style in STYLES
    assert badge.symbol.ascii_shape.isascii()
    assert badge.format(ascii=True).isascii()


@pytest.mark.parametrize("symbol", list_symbols())
def test_a_full_shape_on_an_ascii_terminal_becomes_what_the_table_says(symbol: Symbol) -> None:
    shown = to_ascii(symbol.shape)
    assert cell_len(shown) == cell_len(symbol.shape)
    assert shown.isascii()
    # One cell cannot hold all of "..", the ASCII shape of "queued".
    assert symbol.ascii_shape.startswith(shown.rstrip())


@pytest.mark.parametrize("symbol", list_symbols())
def test_a_customers_own_symbol_keeps_its_shape_and_its_width(symbol: Symbol) -> None:
    protected = protect_text(symbol.shape)
    assert cell_len(protected) == cell_len(symbol.shape)
    assert to_ascii(protected) == symbol.shape
