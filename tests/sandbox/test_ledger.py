"""Test the items that wait to be fetched, and the delivery modes of receipts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sandbox.ledger import AcceptedMessage, Event, EventQueue, Ledger, ReceiptMode


def make_event(number: int, message_id: str = "m", final: bool = False) -> Event:
    """Return the event with this number, which is also its time."""
    return Event(f"e{number}", {}, number, message_id, final=final)


def list_ids(tray: EventQueue, limit: int = 100) -> list[str]:
    """Return the ids on a page."""
    return [event.id for event in tray.get_page(limit)]


def test_a_page_lists_the_oldest_until_they_are_confirmed() -> None:
    tray = EventQueue()
    for number in range(5):
        tray.add(make_event(number))
    assert list_ids(tray, 3) == list_ids(tray, 3) == ["e0", "e1", "e2"]
    tray.confirm(["e1", "unknown"])
    assert list_ids(tray, 3) == ["e0", "e2", "e3"]
    assert list(tray.confirmed) == ["e1"]


def test_confirming_twice_is_harmless() -> None:
    tray = EventQueue()
    tray.add(make_event(1))
    tray.confirm(["e1"])
    tray.confirm(["e1"])
    assert (tray.unconfirmed_ids, list(tray.confirmed)) == ([], ["e1"])


def test_duplicated_receipts_are_listed_twice_and_once_more_after_confirmation() -> None:
    released = list[str]()
    tray = EventQueue(
        on_release=lambda event: released.append(event.id), mode=ReceiptMode.DUPLICATED
    )
    tray.add(make_event(1))
    assert released == ["e1", "e1"]
    assert list_ids(tray) == ["e1", "e1"]
    tray.confirm(["e1"])
    assert list_ids(tray) == ["e1"]
    assert list_ids(tray) == []


def test_held_receipts_are_hidden_until_the_mode_changes() -> None:
    tray = EventQueue(mode=ReceiptMode.HELD)
    tray.add(make_event(1))
    tray.add(make_event(2, final=True))
    assert (list_ids(tray), tray.unconfirmed_ids) == ([], ["e1", "e2"])
    tray.set_mode(ReceiptMode.NORMAL)
    assert list_ids(tray) == ["e1", "e2"]


def test_out_of_order_lists_the_last_receipt_of_a_message_first() -> None:
    tray = EventQueue(mode=ReceiptMode.OUT_OF_ORDER)
    tray.add(make_event(1))
    tray.add(make_event(2))
    tray.add(make_event(3, message_id="other"))
    assert list_ids(tray) == []
    tray.add(make_event(4, final=True))
    assert list_ids(tray) == ["e4", "e2", "e1"]
    tray.release_message("other")
    assert list_ids(tray) == ["e4", "e2", "e1", "e3"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=20),
    st.lists(st.sampled_from(ReceiptMode), max_size=6),
)
def test_no_receipt_is_lost_in_any_mode(
    puts: list[tuple[str, bool]], modes: list[ReceiptMode]
) -> None:
    tray = EventQueue()
    for number, (message_id, final) in enumerate(puts):
        if modes:
            tray.set_mode(modes[number % len(modes)])
        tray.add(make_event(number, message_id, final))
    everything = {f"e{number}" for number in range(len(puts))}
    assert set(tray.unconfirmed_ids) == everything
    tray.set_mode(ReceiptMode.NORMAL)
    assert set(list_ids(tray)) == everything
    tray.confirm(everything)
    assert (tray.unconfirmed_ids, set(tray.confirmed)) == ([], everything)


def test_old_events_are_deleted() -> None:
    tray = EventQueue()
    tray.add(make_event(1))
    tray.add(make_event(9))
    tray.discard_before(5)
    assert tray.unconfirmed_ids == ["e9"]


@pytest.mark.parametrize(("own", "expected"), [(None, "c"), ("+1", "b"), ("+2", "c"), ("+3", "a")])
def test_a_reply_answers_the_newest_matching_message(own: str | None, expected: str) -> None:
    ledger = Ledger()
    for message_id, sender in (("a", ""), ("b", "+1"), ("c", "+2")):
        ledger.add(AcceptedMessage(message_id, "+61491570156", sender, "hi", None, "queued", 0))
    found = ledger.find_latest_to("61 491 570 156", own)
    assert found is not None
    assert found.id == expected
    assert ledger.find_latest_to("+61491570157") is None
