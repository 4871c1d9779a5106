"""Test that a notice is shown whole at 80 columns, whatever names it contains."""

import pytest
from rich.cells import cell_len

from tests.desk.test_send_checks import HOME, PICTURES, POLISH, SHORT, account, attempt
from tui.commands import COMMANDS, get_first_keys
from tui.desk.routes import Route, SendPlan, describe_route_change
from tui.desk.send_attempt import SendIntent
from tui.desk.send_checks import SendConfirmation, list_objections
from tui.domain.message import MmsContent
from tui.widgets.key_bar import KeyBar, wrap_parts

WIDTH = 78
KEYS = get_first_keys(COMMANDS)
LONG = account("support-australia-2", regions=frozenset({"61"}))
PICTURE = MmsContent(("https://shop.example/a.png",))
REFUSALS = [
    attempt("Hello", HOME, to="PARCELS", keys=KEYS),
    attempt("x" * 400, SHORT, PICTURES, LONG, keys=KEYS),
    attempt("Hello", LONG, PICTURES, to=POLISH, keys=KEYS),
    attempt("Look", LONG, PICTURES, enclosed=PICTURE, keys=KEYS),
    attempt("Dear {first_name}, {order_number} {shop_address} {more}", keys=KEYS),
    attempt("Hello", lock_holder="Bartholomew Kowalski-Nowak", keys=KEYS),
    attempt("Hello", to=POLISH, quiet=(20, 8), keys=KEYS),
    attempt("Hello", to="+12015550123", quiet=(9, 8), keys=KEYS),
    attempt("Hello", plan=SendPlan(1), keys=KEYS),
]


def show_lines(notice: str) -> list[str]:
    """Return the lines in which a notice is shown."""
    return wrap_parts(notice.split(" · "), WIDTH)


@pytest.mark.parametrize("tried", REFUSALS)
def test_no_refusal_or_question_is_cut(tried: object) -> None:
    objections = list_objections(tried)  # type: ignore[arg-type]
    notice = SendConfirmation().review_objections(objections, SendIntent(), "Ctrl+E again sends")
    lines = show_lines(notice)
    assert notice and max(map(cell_len, lines)) <= WIDTH
    assert " ".join(" ".join(lines).split()).replace(" · ", " ") == notice.replace(" · ", " ")


def test_a_key_stays_with_its_words() -> None:
    refusal = list_objections(REFUSALS[0])[0].sentence
    assert cell_len(refusal) > WIDTH
    assert show_lines(refusal) == [
        "This sender takes no replies: it is a name",
        "p writes a private note, c writes to a number",
    ]


@pytest.mark.parametrize(
    "notice",
    [
        "Closed 漢字かな交じり文の名前 · z undoes",
        f"{'x' * 200} · z undoes",
        describe_route_change(Route(LONG, "+61491570156"), Route(PICTURES, "MYSHOP")),
        "Bartholomew mentions you in a note on Maximilian Kowalski-Nowak · g m shows it",
        f"Assigned {'Ana ' * 15}to you · z undoes",
    ],
)
def test_long_names_are_wrapped(notice: str) -> None:
    lines = show_lines(notice)
    assert max(map(cell_len, lines)) <= WIDTH
    assert lines[-1].endswith(notice.split(" · ")[-1])


def test_a_text_of_nothing_takes_no_line() -> None:
    assert wrap_parts([], WIDTH) == []
    assert KeyBar().shown_status == ""
