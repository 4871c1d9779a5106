"""Test notifications: only if the agent looks elsewhere, not too often, and once for an alarm."""

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
from tui.domain.conversation import View
from tui.settings.public import NotificationPreferences
from tui.terminal.desktop_notifications import TerminalFeatures

SETTINGS: dict[str, Any] = {
    "terminal": TerminalFeatures("9", "", has_title=True),
    "notifications": NotificationPreferences(),
    "silent_after_minutes": 30,
}


class AlertRecorder:
    """Record what is written to the terminal and shown on the screen."""

    def __init__(self, desk: Desk) -> None:
        """Create a recorder whose terminal has no focus."""
        self.focused = False
        self.written: list[str] = []
        self.shown: list[str] = []
        self.desk = desk
        self.notifier = AgentNotifier(
            desk.store,
            change_context(desk.app_context, **SETTINGS),
            write=self.written.append,
            has_focus=lambda: self.focused,
            show=self.shown.append,
        )

    async def process(self, action: Callable[[], object]) -> None:
        """Run an action and process the changes that it made."""
        after = await self.desk.store.feed.get_last_number()
        await action()  # type: ignore[misc]
        if await self.desk.store.feed.get_last_number() > after:
            async for changes in self.desk.store.feed.watch_changes(after=after):
                await self.notifier.process_changes(changes)
                return

    async def receive_text(self, number: str, text: str) -> None:
        """Store a text of a customer and process it."""
        await self.process(lambda: self.desk.events.receive_texts(number, text))

    @property
    def alerts(self) -> list[str]:
        """Return terminal alerts and notifications, without titles."""
        return [sequence for sequence in self.written if not sequence.startswith("\x1b]2;")]


@pytest.fixture
def recorder(desk: Desk) -> AlertRecorder:
    """Return the recorder of an ordinary desk."""
    return AlertRecorder(desk)


async def test_a_new_text_alerts_and_notifies(recorder: AlertRecorder) -> None:
    await recorder.receive_text(ANA, "Przyjadę o 17")
    assert recorder.alerts == ["\a", "\x1b]9;smsdesk: Ana Kowalska: Przyjadę o 17\a"]


async def test_an_agent_who_looks_at_the_screen_is_not_notified(recorder: AlertRecorder) -> None:
    recorder.focused = True
    await recorder.receive_text(ANA, "Przyjadę o 17")
    recorder.focused = False
    recorder.notifier.notify_if_due()
    assert recorder.alerts == []


async def test_many_texts_notify_once_and_then_as_a_sum(
    recorder: AlertRecorder, clock: ManualClock
) -> None:
    await recorder.receive_text(ANA, "one")
    await recorder.receive_text(CHLOE, "two")
    await recorder.receive_text(DAWIT, "three")
    assert len(recorder.alerts) == 2
    clock.advance(10)
    recorder.notifier.notify_if_due()
    assert recorder.alerts[2:] == [
        "\a",
        "\x1b]9;smsdesk: 2 new texts, the last: Dawit Bekele: three\a",
    ]


async def test_a_clock_that_was_set_back_does_not_silence_notifications(
    recorder: AlertRecorder, clock: ManualClock
) -> None:
    await recorder.receive_text(CHLOE, "One")
    assert len(recorder.alerts) == 2
    clock.set_wall_clock(-3_600)
    clock.advance(120)
    await recorder.receive_text(CHLOE, "Two")
    assert len(recorder.alerts) == 4


async def test_a_customer_of_a_colleague_does_not_notify(recorder: AlertRecorder) -> None:
    thread = await recorder.desk.thread(ANA)
    await recorder.desk.store.triage.assign_conversations([thread.id], "bo", "bo")
    await recorder.receive_text(ANA, "Przyjadę o 17")
    assert recorder.alerts == []
    await recorder.receive_text(HUGO, "mine")
    assert recorder.alerts != []


async def test_a_note_that_mentions_the_agent_notifies_her(recorder: AlertRecorder) -> None:
    thread = await recorder.desk.thread(ANA)
    notes = recorder.desk.store.messages
    await recorder.process(lambda: notes.add_note(thread.id, "bo", "look at this"))
    assert recorder.alerts == []
    await recorder.process(
        lambda: notes.add_note(thread.id, "bo", f"@{AGENT.upper()} look at this")
    )
    assert recorder.alerts != []


async def test_the_title_counts_waiting_customers(recorder: AlertRecorder) -> None:
    await recorder.notifier.start()
    assert recorder.written == ["\x1b]2;(3) smsdesk\a"]
    await recorder.receive_text(CHLOE, "still waiting")
    assert recorder.written.count("\x1b]2;(3) smsdesk\a") == 1
    await recorder.receive_text(HUGO, "me too")
    assert "\x1b]2;(4) smsdesk\a" in recorder.written


async def test_a_stopped_account_is_reported_once(recorder: AlertRecorder) -> None:
    recorder.focused = True
    accounts = recorder.desk.store.accounts
    await accounts.save_health("pl", Health.STOPPED, line="Wrong password")
    await recorder.notifier.report_problems()
    await recorder.notifier.report_problems()
    assert recorder.shown == ["Account pl has stopped: Wrong password · F3 shows more"]
    assert recorder.alerts == ["\a"], "who looks at the screen needs no notification"
    await accounts.save_health("pl", Health.OK)
    await recorder.notifier.report_problems()
    await accounts.save_health("pl", Health.STOPPED, line="Wrong password")
    await recorder.notifier.report_problems()
    assert len(recorder.shown) == 2


async def test_a_silent_account_is_reported_once(
    recorder: AlertRecorder, clock: ManualClock
) -> None:
    await recorder.desk.store.accounts.record_push("au")
    await recorder.notifier.report_problems()
    assert recorder.shown == []
    clock.advance(2 * HOUR / 1_000)
    await recorder.notifier.report_problems()
    await recorder.notifier.report_problems()
    assert recorder.shown == ["Account au has received nothing for 2h: check the account (F3)"]


async def test_the_app_notifies_an_agent_whose_terminal_lost_the_focus(
    recorder: AlertRecorder, app_context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, written = recorder.desk, list[str]()
    async with desk.open(**SETTINGS):
        monkeypatch.setattr(desk.app, "write_to_terminal", written.append)
        monkeypatch.setattr(desk.app._notifier, "_write", written.append)
        await desk.events.receive_texts(ANA, "while looking")
        await desk.shows("while looking")
        desk.app.post_message(events.AppBlur())
        await desk.until(lambda: not desk.app.app_focus, "the focus is lost")
        await desk.events.receive_texts(ANA, "while away")
        await desk.until(lambda: "\a" in written, "the alert")
        assert [sequence for sequence in written if "while looking" in sequence] == []
        assert [sequence for sequence in written if "Ana Kowalska: while away" in sequence] != []


async def test_a_silent_account_is_shown_over_the_list(desk: Desk, clock: ManualClock) -> None:
    await desk.store.accounts.record_push(ACCOUNTS[0].name)
    clock.advance(2 * HOUR / 1_000)
    async with desk.open(**SETTINGS):
        await desk.shows("au: no news for 2h · F3")


async def test_chosen_views_limit_notifications_but_not_assignments(
    recorder: AlertRecorder,
) -> None:
    store = recorder.desk.store
    row = await recorder.desk.thread(ANA)
    saved = await store.views.save_view("vip", View(label="vip"), AGENT)
    await store.views.set_notice(saved, AGENT, True)
    await recorder.receive_text(ANA, "not chosen")
    assert recorder.alerts == []
    await store.triage.set_label([row.id], "bo", "vip", True)
    await recorder.receive_text(ANA, "chosen")
    assert recorder.alerts[-1].endswith("Ana Kowalska: chosen\a")
    recorder.desk.clock.advance(60)
    chloe = await recorder.desk.thread(CHLOE)
    await recorder.process(lambda: store.triage.assign_conversations([chloe.id], "bo", AGENT))
    assert "bo assigned Chloe Martin to you" in recorder.alerts[-1]
    count = len(recorder.alerts)
    recorder.desk.clock.advance(60)
    await recorder.process(lambda: store.triage.assign_conversations([row.id], AGENT, AGENT))
    assert len(recorder.alerts) == count
    await store.views.set_notice(saved, AGENT, False)
    await recorder.receive_text(DAWIT, "all again")
    assert recorder.alerts[-1].endswith("all again\a")


async def expire(recorder: AlertRecorder, *numbers: str, assignee: str = "") -> None:
    """Let customers write whose time for an answer, an hour in the view late, is over then."""
    desk = recorder.desk
    answers, triage = desk.store.answer_targets, desk.store.triage
    late = await desk.store.views.save_view("late", View(label="late"), AGENT)
    await answers.set_target(late, 60, "", AGENT)
    targets = await answers.list_targets()
    for number in numbers:
        await desk.events.receive_texts(number, "Hello?")
    ids = [(await desk.thread(number)).id for number in numbers]
    await triage.set_label(ids, AGENT, "late", True)
    if assignee:
        await triage.assign_conversations(ids, assignee, assignee)
    await answers.judge_conversations(targets)
    desk.clock.advance(2 * HOUR / 1_000)
    await recorder.process(lambda: answers.judge_conversations(targets))


async def test_a_late_answer_alerts_once_and_names_the_key(recorder: AlertRecorder) -> None:
    await expire(recorder, ANA)
    assert recorder.shown == ["Ana Kowalska waits longer than late allows · g v shows it"]
    assert recorder.alerts.count("\a") == 1


async def test_many_late_answers_alert_together(recorder: AlertRecorder) -> None:
    await expire(recorder, *(f"+6149157{number}" for number in range(1000, 1030)))
    assert recorder.alerts.count("\a") == 1
    assert recorder.shown == [
        "20 or more conversations wait longer than they should · g v shows them"
    ]


async def test_a_late_answer_of_a_colleague_does_not_alert(recorder: AlertRecorder) -> None:
    await expire(recorder, ANA, assignee="bo")
    assert recorder.shown == []


async def test_who_chose_views_is_alerted_of_late_answers_in_them_only(
    recorder: AlertRecorder,
) -> None:
    views = recorder.desk.store.views
    vip = await views.save_view("vip", View(label="vip"), AGENT)
    await views.set_notice(vip, AGENT, True)
    await expire(recorder, ANA)
    assert recorder.shown == []
    late = next(one for one in await views.list_views(AGENT) if one.name == "late")
    await views.set_notice(late, AGENT, True)
    await expire(recorder, "+61491571000")
    assert len(recorder.shown) == 1
