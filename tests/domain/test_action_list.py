"""Actions of macros and rules: how they are written, and what they change."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import HOUR
from tui.domain.action_list import (
    CHANGING_KINDS,
    Action,
    ActionKind,
    ConversationChange,
    InvalidActionError,
    format_actions,
    parse_actions,
    plan_change,
)
from tui.domain.conversation import State

NOW = 1_772_445_600_000
"""A Monday, 10:00 UTC."""


def plan(text: str) -> ConversationChange:
    return plan_change(parse_actions(text, NOW, UTC), NOW, UTC)


def test_lines_and_semicolons_separate_actions() -> None:
    expected = (Action(ActionKind.LABEL, "vip"), Action(ActionKind.CLOSE))
    assert parse_actions("label vip; close", NOW, UTC) == expected
    assert parse_actions("\n Label  vip\n\nCLOSE \n", NOW, UTC) == expected
    assert parse_actions("", NOW, UTC) == ()


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("label a; unlabel b; label b", ConversationChange((("a", True), ("b", True)))),
        ("assign @sales", ConversationChange(assignee="@sales")),
        ("assign mia; unassign", ConversationChange(assignee="")),
        ("star", ConversationChange(starred=True)),
        ("close", ConversationChange(state=State.CLOSED)),
        ("reopen", ConversationChange(state=State.OPEN)),
        ("snooze 2h", ConversationChange(state=State.SNOOZED, snoozed_until=NOW + 2 * HOUR)),
        ("snooze until reply", ConversationChange(state=State.SNOOZED)),
        ("note one; note two", ConversationChange(notes=("one", "two"))),
        ("answer thanks; notify mia; hook ticket", ConversationChange()),
    ],
)
def test_a_change_is_what_the_actions_amount_to(text: str, change: ConversationChange) -> None:
    assert plan(text) == change


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lable vip", '"lable" is no action here: did you mean label?'),
        ("label", '"label": write label billing'),
        ("close now", '"close now": close stands alone'),
        ("snooze yesterday", '"snooze yesterday": '),
        ("close; snooze 2h", '"close" and "snooze 2h" contradict each other'),
        ("star; " * 21, "21 actions: 20 are allowed"),
        ("note " + "x" * 501, "note: 501 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_way_to_write_it(text: str, message: str) -> None:
    with pytest.raises(InvalidActionError) as refused:
        parse_actions(text, NOW, UTC)
    assert str(refused.value).startswith(message)


def test_a_macro_has_only_actions_that_change_the_conversation() -> None:
    with pytest.raises(InvalidActionError, match="answer"):
        parse_actions("answer thanks", NOW, UTC, allowed=CHANGING_KINDS)


@given(
    st.lists(
        st.one_of(
            st.sampled_from([Action(ActionKind.STAR), Action(ActionKind.UNSTAR)]),
            st.builds(
                Action,
                st.sampled_from([ActionKind.LABEL, ActionKind.ASSIGN, ActionKind.NOTE]),
                st.from_regex(r"[^\s;]{1,9}( [^\s;]{1,9})?", fullmatch=True).filter(
                    str.isprintable
                ),
            ),
        ),
        max_size=9,
    )
)
def test_what_is_written_is_read_back(actions: list[Action]) -> None:
    assert parse_actions(format_actions(actions), NOW, UTC) == tuple(actions)
