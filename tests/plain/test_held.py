"""Test held items in line mode: listed, shown, taken in, dismissed."""

from collections.abc import Sequence

import pytest

from tests.plain.conftest import Typist, start_session
from tui.clock import ManualClock
from tui.domain.arrivals import Arrival, Channel, HeldItem, RetryResult
from tui.domain.events import Cause, Unreadable
from tui.store.store import Store


async def hold(
    store: Store, body: bytes = b"hm, who\x1b[2J is it", reason: str = "It has no number"
) -> None:
    """Hold a push to the account `au`."""
    bad = Unreadable("", reason, "", can_confirm=False, cause=Cause.UNREADABLE)
    push = Arrival(Channel.PUSH, body, method="POST")
    await store.ingest.store_events("au", [bad], arrival=push)


async def test_nothing_held_is_said(mia: Typist) -> None:
    await mia.type("held")
    await mia.shows("Nothing is held.")


async def test_a_held_item_is_shown_and_dismissed(mia: Typist) -> None:
    await hold(mia.store)
    await mia.type("held", "1")
    await mia.shows("1. au: It has no number. hm, who")
    await mia.shows("Reason   It has no number")
    assert not mia.has_shown("\x1b")
    await mia.type("3")
    await mia.shows("Dismissed · z undoes.")
    assert await mia.store.held_items.list_held() == []


async def test_accounts_name_what_is_held(mia: Typist) -> None:
    await hold(mia.store)
    await mia.type("i")
    await mia.shows("1 held: It has no number")


async def test_accounts_name_a_hook_that_failed(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock, hooks={"reply": ("on-reply",)})
    await store.event_targets.add_targets(["hook reply", "hook of others"])
    for name in ("hook reply", "hook of others"):
        await store.event_targets.end_run(name, 1, f"code 1 of {name}")
    await mia.type("i")
    await mia.shows("hook reply: 14:02: code 1 of hook reply. To do: run smsdesk hooks.")
    assert not mia.has_shown("hook of others")


@pytest.mark.parametrize(("choice", "expected"), [("1", 1), ("2", 2)])
async def test_items_are_taken_in(
    store: Store, clock: ManualClock, choice: str, expected: int
) -> None:
    taken: list[HeldItem] = []

    async def take_in(items: Sequence[HeldItem]) -> RetryResult:
        taken.extend(items)
        return RetryResult(taken=len(items), new_events=1)

    mia = await start_session(store, clock, retry_held=take_in)
    for body in (b"a", b"b"):
        await hold(store, body)
    await hold(store, b"c", "Other")
    await mia.type("held", "2", choice)
    await mia.shows(f"{expected} taken in.")
    assert len(taken) == expected
    await mia.leave()


async def test_a_long_list_is_cut_and_says_so(mia: Typist) -> None:
    for number in range(22):
        bad = Unreadable("", "It has no number", "", can_confirm=False)
        push = Arrival(Channel.PUSH, b"number %d" % number, method="POST")
        await mia.store.ingest.store_events("au", [bad], arrival=push)
    await mia.type("held")
    await mia.shows("2 older ones: smsdesk held list shows all.")
    await mia.shows("20. au: It has no number. number 2")
    assert not mia.has_shown("21. au")


async def test_accounts_name_what_is_held_for_a_removed_account(mia: Typist) -> None:
    bad = Unreadable("", "It has no number", "", can_confirm=False, cause=Cause.UNREADABLE)
    push = Arrival(Channel.PUSH, b"x", method="POST")
    await mia.store.ingest.store_events("gone\x1b[2J", [bad], arrival=push)
    await mia.type("i")
    await mia.shows("gone␛[2J (not in the settings any more): 1 held: It has no number. To do: add")
    await mia.type("held", "1")
    await mia.shows("1. gone␛[2J: It has no number.")
