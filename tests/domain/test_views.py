"""Test which conversations a view shows."""

from dataclasses import replace

import pytest

from tui.domain.conversation import Conversation, State, View
from tui.domain.views import (
    describe_empty_view,
    format_view_name,
    has_mixed_states,
    is_in_view,
    is_waiting_for,
    list_counters,
)

OPEN = Conversation(
    id=1,
    party="+61491570006",
    address="+61491570006",
    name="Łucja Dvořák",
    state=State.OPEN,
    snoozed_until=None,
    assignee="mia",
    starred=False,
    labels=("billing",),
    unread=0,
    waiting_since=None,
    failed=0,
    last_id=0,
    last_at=0,
    last_direction=None,
    last_status=None,
    preview="",
    account="support",
    own="",
    opted_out=False,
    rank=0,
)
CLOSED = replace(OPEN, state=State.CLOSED)


@pytest.mark.parametrize(
    ("conversation", "view", "shown"),
    [
        (OPEN, View(), True),
        (CLOSED, View(), False),
        (CLOSED, View(State.CLOSED), True),
        (CLOSED, View(None), True),
        (OPEN, View(None), True),
        (OPEN, View(None, text="novak"), False),
        (CLOSED, View(None, label="billing"), True),
        (OPEN, View(assignee="mia"), True),
        (OPEN, View(assignee="tom"), False),
        (OPEN, View(assignee=""), False),
        (OPEN, View(label="billing"), True),
        (OPEN, View(label="vip"), False),
        (CLOSED, View(label="billing"), False),
        (OPEN, View(starred=True), False),
        (replace(CLOSED, starred=True), View(starred=True), True),
        (OPEN, View(failed=True), False),
        (replace(CLOSED, failed=2), View(failed=True), True),
        (OPEN, View(text="dvorak"), True),
        (OPEN, View(text="  LUCJA d"), True),
        (OPEN, View(text="570006"), True),
        (OPEN, View(text="491 570 006"), True),
        (OPEN, View(text="+61 491-570"), True),
        (OPEN, View(text="491 570 007"), False),
        (OPEN, View(text="novak"), False),
        (OPEN, View(text="%"), False),
        (OPEN, View(drafts_of="mia"), True),
    ],
)
def test_a_view_shows_matching_conversations(
    conversation: Conversation, view: View, shown: bool
) -> None:
    assert is_in_view(conversation, view) is shown


@pytest.mark.parametrize(
    ("view", "name", "counters"),
    [
        (View(), "Open 1 204", ("open",)),
        (View(state=State.SNOOZED), "Snoozed 1 204", ("snoozed",)),
        (View(state=None), "All 1 204", ("open", "snoozed", "closed")),
        (View(assignee="mia"), "Mine 1 204", ("assignee:mia",)),
        (View(assignee="bo"), "@bo 1 204", ("assignee:bo",)),
        (View(assignee=""), "Unassigned 1 204", ("assignee:",)),
        (View(label="vip"), "#vip 1 204", ()),
        (View(failed=True), "Failed 1 204", ("failed",)),
        (View(starred=True), "Starred 1 204", ("starred",)),
        (View(drafts_of="mia"), "Drafts 1 204", ()),
        (View(text="ana [b]"), 'Open 1 204 containing "ana [b]"', ()),
    ],
)
def test_a_view_has_a_name_and_its_counters(
    view: View, name: str, counters: tuple[str, ...]
) -> None:
    assert format_view_name(view, "mia", 1_204) == name
    assert list_counters(view) == counters


def test_an_empty_view_has_a_name_without_a_count() -> None:
    assert format_view_name(View(), "mia") == "Open"


@pytest.mark.parametrize(
    ("conversation", "waits"),
    [
        (OPEN, False),
        (replace(OPEN, waiting_since=5), True),
        (replace(OPEN, waiting_since=5, assignee=""), True),
        (replace(OPEN, waiting_since=5, assignee="bo"), False),
        (replace(CLOSED, waiting_since=5), False),
    ],
)
def test_the_queue_of_an_agent_has_their_own_and_unassigned_conversations(
    conversation: Conversation, waits: bool
) -> None:
    assert is_waiting_for(conversation, "mia") is waits


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (View(), "c writes a message"),
        (View(text="zoë"), 'Nothing here contains "zoë": g / searches all'),
        (View(failed=True), "Nothing has failed"),
        (View(drafts_of="mia"), "No drafts"),
        (View(label="billing"), "Nothing here"),
        (View(state=State.CLOSED), "Nothing here"),
        (View(state=None), "No messages yet: c writes the first one"),
    ],
)
def test_an_empty_list_has_a_reason_and_the_next_key(view: View, expected: str) -> None:
    assert expected in describe_empty_view(view)


@pytest.mark.parametrize(
    ("view", "mixed"),
    [
        (View(), False),
        (View(state=State.CLOSED), False),
        (View(assignee="mia"), False),
        (View(state=None), True),
        (View(starred=True), True),
        (View(failed=True), True),
        (View(drafts_of="mia"), True),
        (View(mentions_of="mia"), True),
    ],
)
def test_some_views_mix_open_and_other_conversations(view: View, mixed: bool) -> None:
    assert has_mixed_states(view) is mixed
