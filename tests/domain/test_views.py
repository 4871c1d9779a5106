"""Which conversations a view shows."""

from dataclasses import replace

import pytest

from tui.domain.conversation import Conversation, State, View
from tui.domain.views import belongs

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
        (OPEN, View(text="novak"), False),
        (OPEN, View(text="%"), False),
        (OPEN, View(drafts_of="mia"), True),
    ],
)
def test_a_view_shows_what_it_says(conversation: Conversation, view: View, shown: bool) -> None:
    assert belongs(conversation, view) is shown
