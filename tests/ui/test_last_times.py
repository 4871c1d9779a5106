"""Test that the last time is proposed again when a conversation is snoozed or sent later."""

from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import ANA, CHLOE
from tui.domain.conversation import State


async def test_the_last_snooze_is_the_first_choice_the_next_time(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.move_to(CHLOE)
        await desk.command("snooze")
        await desk.press("enter")
        await desk.shows("Type a time")
        await desk.type("fri 9")
        await desk.press("enter")
        await desk.shows("Snoozed Chloe Martin")
        chloe = await desk.thread(CHLOE)
        await desk.move_to(ANA)
        await desk.command("snooze")
        await desk.shows("again: fri 9", "→ again: ")
        await desk.press("enter")
        await desk.shows("Snoozed Ana")
        ana = await desk.thread(ANA)
        assert (ana.state, ana.snoozed_until) == (State.SNOOZED, chloe.snoozed_until)


async def test_a_time_that_has_passed_is_not_proposed(desk: Desk) -> None:
    await desk.store.choices.save_choice("mia", "snooze", "2020-01-01 9:00")
    async with desk.open(NARROW):
        await desk.move_to(CHLOE)
        await desk.command("snooze")
        await desk.shows("such as 20m")


async def test_the_last_time_of_sending_later_is_proposed(desk: Desk) -> None:
    async with desk.open(WIDE):
        for number, keys in ((CHLOE, "2h"), (ANA, "")):
            await desk.open_thread(number)
            await desk.command("reply")
            await desk.type("Soon")
            await desk.press("f5")
            if not keys:
                await desk.shows("again: 2h")
            await desk.type(keys)
            await desk.press("enter")
            await desk.until(lambda n=number: _is_planned(desk, n), "planned")
            await desk.press("escape", "escape")


async def _is_planned(desk: Desk, number: str) -> bool:
    """Return whether the newest text is planned for in two hours."""
    return (await desk.last(number)).scheduled_at == desk.clock.now() + 2 * 3_600_000
