"""Being told: only who looks elsewhere, not too often, and of alarms once."""

from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from tests.contexts import change_context
from tests.ui.desk import Desk
from tests.ui.history import ACCOUNTS, AGENT, ANA, CHLOE, DAWIT, HUGO
from tui.clock import HOUR, ManualClock
from tui.desk.context import AppContext
from tui.desk.notifications import AgentNotifier
from tui.domain.account import Health
from tui.settings.public import NotificationPreferences
from tui.terminal.notifications import TerminalFeatures

MANNERS: dict[str, Any] = {
    "terminal": TerminalFeatures("9", "", has_title=True),
    "notifications": NotificationPreferences(),
    "silent_after_minutes": 30,
}


class Ear:
    """What a terminal would hear."""

    def __init__(self, desk: Desk) -> None:
        """The terminal is not looked at."""
        self.focused = False
        self.heard: list[str] = []
        self.said: list[str] = []
        self.desk = desk
        self.telling = AgentNotifier(
            desk.store,
            change_context(desk.seat, **MANNERS),
            write=self.heard.append,
            has_focus=lambda: self.focused,
            show=self.said.append,
        )

    async def news(self, happen: Callable[[], object]) -> None:
        """Something happens, and the news of it is taken in."""
        after = await self.desk.store.feed.get_last_number()
        await happen()  # type: ignore[misc]
        if await self.desk.store.feed.get_last_number() > after:
            async for changes in self.desk.store.feed.watch_changes(after=after):
                await self.telling.process_changes(changes)
                return

    async def writes(self, number: str, text: str) -> None:
        """A customer writes."""
        await self.news(lambda: self.desk.world.writes(number, text))

    @property
    def called(self) -> list[str]:
        """Bells and notifications, without titles."""
        return [heard for heard in self.heard if not heard.startswith("\x1b]2;")]


@pytest.fixture
def ear(desk: Desk) -> Ear:
    """A terminal at the ordinary desk."""
    return Ear(desk)


async def test_a_new_text_rings_and_is_shown(ear: Ear) -> None:
    await ear.writes(ANA, "Przyjadę o 17")
    assert ear.called == ["\a", "\x1b]9;smsdesk: Ana Kowalska: Przyjadę o 17\a"]


async def test_who_looks_at_the_screen_is_not_called(ear: Ear) -> None:
    ear.focused = True
    await ear.writes(ANA, "Przyjadę o 17")
    ear.focused = False
    ear.telling.notify_if_due()
    assert ear.called == []


async def test_a_flood_of_texts_calls_once_and_then_in_sum(ear: Ear, clock: ManualClock) -> None:
    await ear.writes(ANA, "one")
    await ear.writes(CHLOE, "two")
    await ear.writes(DAWIT, "three")
    assert len(ear.called) == 2
    clock.advance(10)
    ear.telling.notify_if_due()
    assert ear.called[2:] == [
        "\a",
        "\x1b]9;smsdesk: 2 new texts, the last: Dawit Bekele: three\a",
    ]


async def test_a_colleagues_customer_calls_the_colleague_only(ear: Ear) -> None:
    thread = await ear.desk.thread(ANA)
    await ear.desk.store.triage.assign_conversations([thread.id], "bo", "bo")
    await ear.writes(ANA, "Przyjadę o 17")
    assert ear.called == []
    await ear.writes(HUGO, "mine")
    assert ear.called != []


async def test_a_note_that_names_the_agent_calls_her(ear: Ear) -> None:
    thread = await ear.desk.thread(ANA)
    notes = ear.desk.store.messages
    await ear.news(lambda: notes.add_note(thread.id, "bo", "look at this"))
    assert ear.called == []
    await ear.news(lambda: notes.add_note(thread.id, "bo", f"@{AGENT.upper()} look at this"))
    assert ear.called != []


async def test_the_title_counts_those_who_wait(ear: Ear) -> None:
    await ear.telling.start()
    assert ear.heard == ["\x1b]2;(3) smsdesk\a"]
    await ear.writes(CHLOE, "still waiting")
    assert ear.heard.count("\x1b]2;(3) smsdesk\a") == 1
    await ear.writes(HUGO, "me too")
    assert "\x1b]2;(4) smsdesk\a" in ear.heard


async def test_a_stopped_account_is_told_once(ear: Ear) -> None:
    ear.focused = True
    accounts = ear.desk.store.accounts
    await accounts.save_health("pl", Health.STOPPED, line="Wrong password")
    await ear.telling.report_account_problems()
    await ear.telling.report_account_problems()
    assert ear.said == ["Account pl has stopped: Wrong password"]
    assert ear.called == ["\a"], "who looks at the screen needs no notification"
    await accounts.save_health("pl", Health.OK)
    await ear.telling.report_account_problems()
    await accounts.save_health("pl", Health.STOPPED, line="Wrong password")
    await ear.telling.report_account_problems()
    assert len(ear.said) == 2


async def test_an_account_that_falls_silent_is_told_once(ear: Ear, clock: ManualClock) -> None:
    await ear.desk.store.accounts.record_push("au")
    await ear.telling.report_account_problems()
    assert ear.said == []
    clock.advance(2 * HOUR / 1_000)
    await ear.telling.report_account_problems()
    await ear.telling.report_account_problems()
    assert ear.said == ["Account au has received nothing for 2h: check the account (F3)"]


async def test_the_app_calls_an_agent_whose_terminal_lost_the_focus(
    ear: Ear, seat: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, heard = ear.desk, list[str]()
    async with desk.open(**MANNERS):
        monkeypatch.setattr(desk.app, "write_to_terminal", heard.append)
        monkeypatch.setattr(desk.app._notifier, "_write", heard.append)
        await desk.world.writes(ANA, "while looking")
        await desk.shows("while looking")
        desk.app.post_message(events.AppBlur())
        await desk.until(lambda: not desk.app.app_focus, "the focus is lost")
        await desk.world.writes(ANA, "while away")
        await desk.until(lambda: "\a" in heard, "the bell")
        assert [h for h in heard if "while looking" in h] == []
        assert [h for h in heard if "Ana Kowalska: while away" in h] != []


async def test_silence_stands_over_the_list(desk: Desk, clock: ManualClock) -> None:
    await desk.store.accounts.record_push(ACCOUNTS[0].name)
    clock.advance(2 * HOUR / 1_000)
    async with desk.open(**MANNERS):
        await desk.shows("au: no news for 2h · F3")
