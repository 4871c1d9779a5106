"""What waits for the desk, and how receipts are handed out in each mode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sandbox.ledger import Accepted, Event, Ledger, ReceiptMode, Tray


def event(number: int, message_id: str = "m", final: bool = False) -> Event:
    """The event with this number, which is also its time."""
    return Event(f"e{number}", {}, number, message_id, final=final)


def ids(tray: Tray, limit: int = 100) -> list[str]:
    """What a page lists."""
    return [event.id for event in tray.page(limit)]


def test_a_page_lists_the_oldest_until_they_are_confirmed() -> None:
    tray = Tray()
    for number in range(5):
        tray.put(event(number))
    assert ids(tray, 3) == ids(tray, 3) == ["e0", "e1", "e2"]
    tray.confirm(["e1", "unknown"])
    assert ids(tray, 3) == ["e0", "e2", "e3"]
    assert list(tray.confirmed) == ["e1"]


def test_confirming_twice_is_harmless() -> None:
    tray = Tray()
    tray.put(event(1))
    tray.confirm(["e1"])
    tray.confirm(["e1"])
    assert (tray.waiting, list(tray.confirmed)) == ([], ["e1"])


def test_duplicated_receipts_come_twice_and_once_more_after_they_were_confirmed() -> None:
    released = list[str]()
    tray = Tray(release=lambda event: released.append(event.id), mode=ReceiptMode.DUPLICATED)
    tray.put(event(1))
    assert released == ["e1", "e1"]
    assert ids(tray) == ["e1", "e1"]
    tray.confirm(["e1"])
    assert ids(tray) == ["e1"]
    assert ids(tray) == []


def test_held_receipts_wait_unseen_until_the_mode_changes() -> None:
    tray = Tray(mode=ReceiptMode.HELD)
    tray.put(event(1))
    tray.put(event(2, final=True))
    assert (ids(tray), tray.waiting) == ([], ["e1", "e2"])
    tray.set_mode(ReceiptMode.NORMAL)
    assert ids(tray) == ["e1", "e2"]


def test_out_of_order_lists_the_last_receipt_of_a_message_first() -> None:
    tray = Tray(mode=ReceiptMode.OUT_OF_ORDER)
    tray.put(event(1))
    tray.put(event(2))
    tray.put(event(3, message_id="other"))
    assert ids(tray) == []
    tray.put(event(4, final=True))
    assert ids(tray) == ["e4", "e2", "e1"]
    tray.let_go("other")
    assert ids(tray) == ["e4", "e2", "e1", "e3"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=20),
    st.lists(st.sampled_from(ReceiptMode), max_size=6),
)
def test_no_receipt_is_ever_lost_whatever_the_modes(
    puts: list[tuple[str, bool]], modes: list[ReceiptMode]
) -> None:
    tray = Tray()
    for number, (message_id, final) in enumerate(puts):
        if modes:
            tray.set_mode(modes[number % len(modes)])
        tray.put(event(number, message_id, final))
    everything = {f"e{number}" for number in range(len(puts))}
    assert set(tray.waiting) == everything
    tray.set_mode(ReceiptMode.NORMAL)
    assert set(ids(tray)) == everything
    tray.confirm(everything)
    assert (tray.waiting, set(tray.confirmed)) == ([], everything)


def test_old_events_are_forgotten() -> None:
    tray = Tray()
    tray.put(event(1))
    tray.put(event(9))
    tray.forget_before(5)
    assert tray.waiting == ["e9"]


@pytest.mark.parametrize(("own", "expected"), [(None, "c"), ("+1", "b"), ("+2", "c"), ("+3", "a")])
def test_a_reply_answers_the_newest_message_that_fits(own: str | None, expected: str) -> None:
    ledger = Ledger()
    for message_id, sender in (("a", ""), ("b", "+1"), ("c", "+2")):
        ledger.add(Accepted(message_id, "+61491570156", sender, "hi", None, "queued", 0))
    found = ledger.newest_to("61 491 570 156", own)
    assert found is not None
    assert found.id == expected
    assert ledger.newest_to("+61491570157") is None
