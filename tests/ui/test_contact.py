"""Test the contact panel and the dialog that edits a contact."""

from dataclasses import replace

import pytest

from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, BOB, CHLOE, COLLEAGUE, HUGO, INES, UNNAMED
from tui.clock import DAY
from tui.domain.status import Status
from tui.store.consent import ConsentRecord
from tui.store.errors import StoreError
from tui.widgets.contact_panel import describe_consent

FULL = (160, 40)


async def test_a_very_wide_screen_shows_the_panel_at_once(desk: Desk) -> None:
    async with desk.open(FULL):
        await desk.move_to(HUGO)
        await desk.shows("Contact", "First seen", "C edits name and note", "60 in")


async def test_the_panel_follows_the_cursor(desk: Desk) -> None:
    async with desk.open(FULL):
        panel = desk.inbox.query_one("#contact-text")
        await desk.move_to(ANA)
        await desk.until(lambda: "+48 500 600 700" in str(panel.render()), "Ana's card")
        await desk.move_to(BOB)
        await desk.until(lambda: "Bob Nilsson" in str(panel.render()), "Bob's card")


async def test_the_local_time_changes_with_the_clock_of_the_first_line(desk: Desk) -> None:
    async with desk.open(FULL):
        await desk.move_to(ANA)
        panel = desk.inbox.contact_panel
        await desk.until(lambda: "PL · 15:02 there" in str(panel.text.render()), "her time")
        for minute in ("03", "04", "05"):
            desk.clock.advance(60)
            await desk.inbox.refresh_accounts()  # repaints the first line between two seconds
            panel.show_contact(panel._conversation)
            await desk.shows(f"14:{minute}")
            first, *rest = desk.lines()
            assert f"14:{minute}" in first
            assert f"PL · 15:{minute} there" in "\n".join(rest)


@presses("contact")
async def test_the_panel_is_shown_and_hidden_on_demand(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size):
        await desk.move_to(CHLOE)
        await desk.hides("edits name and note")
        await desk.command("contact")
        await desk.shows("Can be texted (no opt-out)", "edits name and note")
        await desk.press("escape")
        await desk.hides("edits name and note")
        await desk.command("contact")
        await desk.shows("edits name and note")
        await desk.command("contact")
        await desk.hides("edits name and note")


async def test_the_panel_can_be_hidden_on_a_very_wide_screen(desk: Desk) -> None:
    async with desk.open(FULL):
        await desk.shows("edits name and note")
        await desk.command("contact")
        await desk.hides("edits name and note")
        await desk.command("contact")
        await desk.shows("edits name and note")


async def test_a_reply_hides_the_panel_and_opens_the_composer(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.move_to(CHLOE)
        await desk.command("contact")
        await desk.command("reply")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.hides("edits name and note")


@presses("edit_contact")
async def test_name_and_note_are_changed_and_restored(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size):
        await desk.move_to(CHLOE)
        await desk.command("edit_contact")
        await desk.shows("+61 491 570 156", "Chloe Martin")
        await desk.press("end", *["backspace"] * len("Martin"))
        await desk.type("M [b]bold")
        await desk.press("tab")
        await desk.type("pays late")
        await desk.press("alt+enter")
        await desk.type("is kind")
        await desk.press("enter")
        await desk.shows("Saved Chloe M [b]bold")
        row = await desk.thread(CHLOE)
        assert row.name == "Chloe M [b]bold"
        assert (await desk.store.contact_details.get_details(row)).note == "pays late\nis kind"
        await desk.command("contact")
        await desk.shows("pays late", "is kind")
        await desk.command("undo")
        await desk.shows("Chloe Martin is as before")
        assert (await desk.thread(CHLOE)).name == "Chloe Martin"
        await desk.hides("pays late")


async def test_what_a_colleague_saves_meanwhile_stays_and_is_not_undone(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("edit_contact")
        await desk.shows("Chloe Martin")
        seen = await desk.store.contacts.get_person(CHLOE)
        assert seen is not None
        await desk.store.contacts.change_person(
            seen, replace(seen, note="calls late", fields={"order": "4711"}), COLLEAGUE
        )
        await desk.press("tab")
        await desk.type("pays late")
        await desk.press("enter")
        await desk.shows("Saved Chloe Martin in place of a newer note · z undoes")
        both = replace(seen, note="pays late", fields={"order": "4711"})
        assert await desk.store.contacts.get_person(CHLOE) == both
        await desk.store.contacts.change_person(both, replace(both, name="Chloé"), COLLEAGUE)
        await desk.command("undo")
        await desk.shows("is as before")
        stored = await desk.store.contacts.get_person(CHLOE)
        assert stored == replace(both, name="Chloé", note="calls late")


async def test_an_edit_of_a_contact_that_was_deleted_meanwhile_says_so(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("edit_contact")
        await desk.shows("Chloe Martin")
        seen = await desk.store.contacts.get_person(CHLOE)
        assert seen is not None
        await desk.store.contacts.delete_person(seen.id, COLLEAGUE)
        await desk.press("tab")
        await desk.type("pays late")
        await desk.press("enter")
        await desk.shows("Saved Chloe Martin, which was deleted meanwhile · z undoes")
        await desk.command("undo")
        await desk.shows("Chloe Martin is not a contact any more")
        assert await desk.store.contacts.get_person(CHLOE) is None


async def test_the_first_name_of_a_customer_is_undone_without_an_empty_contact(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(UNNAMED)
        await desk.command("edit_contact")
        await desk.type("Nina")
        await desk.press("enter")
        await desk.shows("Saved Nina · z undoes")
        await desk.command("undo")
        await desk.shows("Nina is not a contact any more")
        assert await desk.store.contacts.get_person(UNNAMED) is None
        assert (await desk.thread(UNNAMED)).name == ""


async def test_a_contact_that_the_store_refuses_stays_in_the_dialog(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(NARROW):
        await desk.move_to(CHLOE)
        await desk.command("edit_contact")
        await desk.press("tab")
        await desk.type("pays late")
        await desk.press("tab", "end")
        await desk.type(f", {ANA}")
        await desk.press("enter")
        await desk.shows("+48 500 600 700 belongs to Ana Kowalska")
        await desk.shows("pays late")
        with monkeypatch.context() as patch:
            patch.setattr(type(desk.store.contacts), "change_person", _refuse)
            await desk.press(*["backspace"] * len(f", {ANA}"), "enter")
            await desk.shows("Not saved: the database is locked", "pays late")
        await desk.press("enter")
        await desk.shows("Saved Chloe Martin")
        row = await desk.thread(CHLOE)
        assert (await desk.store.contact_details.get_details(row)).note == "pays late"


async def _refuse(*_: object) -> None:
    raise StoreError("the database is locked")


async def test_cancelling_changes_nothing(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("edit_contact")
        await desk.type("nonsense")
        await desk.press("escape", "escape")
        await desk.hides("nonsense")
        assert (await desk.thread(CHLOE)).name == "Chloe Martin"


async def test_the_evidence_of_an_opt_out_is_shown(desk: Desk) -> None:
    async with desk.open(FULL):
        await desk.command("show_closed")
        await desk.move_to(INES)
        await desk.shows("OPTED OUT", "recorded by mia", '"STOP"')


def test_consent_is_described_with_who_and_when() -> None:
    opt_out = ConsentRecord(True, 0, "mia", "agent", "asked on the phone")
    assert describe_consent(opt_out, 0, None).startswith("OPTED OUT\nToday ")
    assert describe_consent(opt_out, 0, None).endswith('recorded by mia\n"asked on the phone"')
    opt_in = ConsentRecord(False, 0, "", "provider", "")
    assert describe_consent(opt_in, 0, None).startswith("Can be texted again\n")
    assert describe_consent(opt_in, 0, None).endswith("by the provider")


async def test_private_notes_are_counted_apart_from_texts(desk: Desk) -> None:
    row = await desk.thread(CHLOE)
    await desk.store.messages.add_note(row.id, AGENT, "called her")
    details = await desk.store.contact_details.get_details(row)
    assert details.notes == 1
    assert [(one.account, one.received, one.sent) for one in details.traffic] == [("au", 2, 0)]


@pytest.mark.parametrize(
    ("statuses", "sent"),
    [
        ((Status.CANCELLED,), 0),
        ((Status.CANCELLED, Status.CANCELLED, Status.DELIVERED), 1),
        ((Status.QUEUED, Status.FAILED, Status.ACCEPTED), 3),
    ],
)
async def test_a_cancelled_text_is_not_counted_as_sent(
    desk: Desk, statuses: tuple[Status, ...], sent: int
) -> None:
    now = desk.clock.now()
    before = await desk.store.statistics.get_statistics(now - DAY, now + DAY)
    for status in statuses:
        await desk.events.add_reply(CHLOE, f"Our {status} answer", status)
    details = await desk.store.contact_details.get_details(await desk.thread(CHLOE))
    assert [(one.account, one.received, one.sent) for one in details.traffic] == [("au", 2, sent)]
    assert details.stored_texts == 2 + len(statuses)
    after = await desk.store.statistics.get_statistics(now - DAY, now + DAY)
    assert sum(after.sent) - sum(before.sent) == sent
