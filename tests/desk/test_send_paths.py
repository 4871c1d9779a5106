"""Test that every path that sends runs all checks, and that none reaches the outbox without them.

Each path is tested twice: with one more check in the list, which no path can know, and with an
account that does not deliver to the customer's country.
"""

import re
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import tui
from tests.contexts import make_context
from tests.plain.conftest import Typist
from tests.ui.desk import WIDE, Desk
from tests.ui.history import ACCOUNTS, BOB, CHLOE, write_history
from tui.cli import send
from tui.cli.errors import BAD_USE, CommandError
from tui.clock import HOUR, ManualClock, SystemClock
from tui.desk import send_checks
from tui.desk.bulk_feeder import BulkFeeder
from tui.desk.send_attempt import Objection, SendAttempt
from tui.domain.account import Account
from tui.domain.bulk_text import BulkRecipient, BulkText
from tui.store.store import Store

ALLOWED_CALLERS = {
    "desk/queue_attempts.py": "queue_attempt, which runs the checks",
    "demo/sample_history.py": "writes the past of the demo; nothing is sent",
}


@pytest.fixture
def extra_check(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SendAttempt]]:
    """Add a check that refuses everything; yield the attempts that it has seen."""
    seen: list[SendAttempt] = []

    def refuse_all(attempt: SendAttempt) -> list[Objection]:
        seen.append(attempt)
        return [Objection("the new check refuses", summary="refused by the new check")]

    monkeypatch.setattr(send_checks, "CHECKS", (*send_checks.CHECKS, refuse_all))
    yield seen
    assert seen, "the path has not gone through the list"


def only_new_zealand() -> tuple[Account, ...]:
    """Return the accounts of the history, none of which delivers to Australia; the first pings."""
    first, *others = (
        replace(one, capabilities=replace(one.capabilities, regions=frozenset({"64"})))
        for one in ACCOUNTS
        if one.capabilities is not None
    )
    assert first.capabilities is not None
    return replace(first, capabilities=replace(first.capabilities, can_ping=True)), *others


NEW_CHECK = ("the new check refuses", "refused by the new check", ACCOUNTS)
OUT_OF_REACH = ("delivers only to +64", "out of reach of the account", only_new_zealand())

# Screen --------------------------------------------------------------------------------------


async def press_enter(desk: Desk) -> None:
    """Write a reply and send it."""
    await desk.open_thread(CHLOE)
    await desk.press("r")
    await desk.type("Hello")
    await desk.press("enter")


async def send_and_close(desk: Desk) -> None:
    """Write a reply, send it and close the conversation."""
    await desk.open_thread(CHLOE)
    await desk.press("r")
    await desk.type("Hello")
    await desk.command("send_close")


async def schedule(desk: Desk) -> None:
    """Write a reply and schedule it."""
    await desk.open_thread(CHLOE)
    await desk.press("r")
    await desk.type("Hello")
    await desk.command("schedule")
    await desk.shows("Send later")
    await desk.type("tomorrow 9")
    await desk.press("enter")


async def retry(desk: Desk) -> None:
    """Send a failed message again."""
    await desk.open_thread(BOB)
    await desk.command("retry")


async def retry_through(desk: Desk) -> None:
    """Send a failed message through another account."""
    await desk.open_thread(BOB)
    await desk.command("retry_through")
    await desk.shows("Retry through")
    await desk.press("enter")


async def ping(desk: Desk) -> None:
    """Ping the customer's phone."""
    await desk.open_thread(CHLOE)
    await desk.command("ping")


ScreenPath = Callable[[Desk], Awaitable[None]]
SCREEN_PATHS: tuple[ScreenPath, ...] = (
    *(press_enter, send_and_close, schedule),
    *(retry, retry_through, ping),
)


async def create_desk(store: Store, clock: ManualClock) -> Desk:
    """Return a screen, not open yet, over the day's history."""
    await write_history(store, clock)
    return Desk(store, clock, make_context(clock))


async def run_screen_path(
    desk: Desk, path: ScreenPath, accounts: tuple[Account, ...], text: str
) -> None:
    """Run a path on the screen; it must show the refusal and queue nothing."""
    before = [await desk.messages(number) for number in (BOB, CHLOE)]
    async with desk.open(WIDE, accounts=accounts):
        await path(desk)
        await desk.shows(text)
        assert [await desk.messages(number) for number in (BOB, CHLOE)] == before
        assert (await desk.thread(CHLOE)).waiting_since is not None


@pytest.mark.parametrize("path", SCREEN_PATHS[:-1])
async def test_the_screen_runs_every_check(
    store: Store, clock: ManualClock, extra_check: list[SendAttempt], path: ScreenPath
) -> None:
    text, _, accounts = NEW_CHECK
    await run_screen_path(await create_desk(store, clock), path, accounts, text)


async def test_a_ping_runs_every_check(
    store: Store, clock: ManualClock, extra_check: list[SendAttempt]
) -> None:
    first, *others = ACCOUNTS
    assert first.capabilities is not None
    able = replace(first, capabilities=replace(first.capabilities, can_ping=True))
    desk = await create_desk(store, clock)
    await run_screen_path(desk, ping, (able, *others), NEW_CHECK[0])


@pytest.mark.parametrize("path", SCREEN_PATHS)
async def test_the_screen_refuses_a_country_that_the_account_does_not_deliver_to(
    store: Store, clock: ManualClock, path: ScreenPath
) -> None:
    text, _, accounts = OUT_OF_REACH
    await run_screen_path(await create_desk(store, clock), path, accounts, text)


@pytest.mark.parametrize(("_", "summary", "accounts"), [NEW_CHECK, OUT_OF_REACH])
async def test_sending_all_failed_again_runs_every_check(
    store: Store,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    _: str,
    summary: str,
    accounts: tuple[Account, ...],
) -> None:
    if accounts is ACCOUNTS:
        request.getfixturevalue("extra_check")
    desk = await create_desk(store, clock)
    before = await desk.messages(BOB)
    async with desk.open(WIDE, accounts=accounts):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.press("R")
        await desk.shows("Left out: ", "Nothing to send", summary)
        await desk.press("enter")
        assert await desk.messages(BOB) == before


# Line mode -----------------------------------------------------------------------------------

LINE_PATHS: dict[str, tuple[str, tuple[str, ...]]] = {
    "reply": (CHLOE, ("r Hello",)),
    "retry": (BOB, ("f", "1")),
    "retry through": (BOB, ("f", "2", "1")),
}


@pytest.mark.parametrize("refusal", [NEW_CHECK, OUT_OF_REACH], ids=["new check", "out of reach"])
@pytest.mark.parametrize("path", LINE_PATHS)
async def test_line_mode_runs_every_check(
    store: Store,
    clock: ManualClock,
    request: pytest.FixtureRequest,
    path: str,
    refusal: tuple[str, str, tuple[Account, ...]],
) -> None:
    text, _, accounts = refusal
    if accounts is ACCOUNTS:
        request.getfixturevalue("extra_check")
    await write_history(store, clock)
    mia = Typist(store, clock, make_context(clock, accounts=accounts))
    mia.start()
    number, lines = LINE_PATHS[path]
    await mia.open_thread(number)
    before = await mia.messages(number)
    await mia.type(*lines)
    await mia.shows(text)
    assert await mia.messages(number) == before
    await mia.leave()


async def test_line_mode_checks_when_it_sends_all_failed_again(
    store: Store, clock: ManualClock, extra_check: list[SendAttempt]
) -> None:
    await write_history(store, clock)
    mia = Typist(store, clock, make_context(clock))
    mia.start()
    before = await mia.messages(BOB)
    await mia.type("y")
    await mia.shows("refused by the new check")
    assert await mia.messages(BOB) == before
    await mia.leave()


# Scripts -------------------------------------------------------------------------------------


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CommandError]:
    """Return a function that runs `smsdesk send` in this process and returns its error."""
    credentials = {"API_KEY": "key", "API_SECRET": "secret"}
    settings = {
        "HOME": str(tmp_path),
        "SMSDESK_DATABASE": str(tmp_path / "inbox.db"),
        **{
            f"SMSDESK_ACCOUNTS__{name}__{field}": value
            for name, provider in (("NZ", "messageport"), ("AU", "messagemedia"))
            for field, value in {"PROVIDER": provider, **credentials}.items()
        },
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def run(to: str, at: int | None = None) -> CommandError:
        arguments = Namespace(config=None, to=to, text="Hello", account="nz", at=at, wait=False)
        with pytest.raises(CommandError) as refused:
            send.run(arguments)
        return refused.value

    return run


def test_a_script_runs_every_check(
    script: Callable[..., CommandError], extra_check: list[SendAttempt]
) -> None:
    refused = script(CHLOE)
    assert (refused.line, refused.exit_code) == (
        "the new check refuses: nothing was queued",
        BAD_USE,
    )


def test_a_script_refuses_a_country_that_the_account_does_not_deliver_to(
    script: Callable[..., CommandError],
) -> None:
    refused = script("+48500600700")
    assert (refused.line, refused.exit_code) == (
        "nz delivers only to +61 and +64: nothing was queued; use au (--account)",
        BAD_USE,
    )


def test_the_checks_of_a_script_get_the_planned_time(
    script: Callable[..., CommandError], extra_check: list[SendAttempt]
) -> None:
    at = round(SystemClock().now() + HOUR)
    script(CHLOE, at)
    assert {attempt.send_at for attempt in extra_check} == {at}


def test_only_the_checked_function_queues_messages() -> None:
    package = Path(tui.__file__).parent
    callers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"\bintents\.queue_message\(", path.read_text())
    }
    assert callers == ALLOWED_CALLERS.keys()


async def test_a_text_to_many_goes_through_the_list_for_each_person_when_it_is_queued(
    store: Store, clock: ManualClock, extra_check: list[SendAttempt]
) -> None:
    account = ACCOUNTS[0]
    recipients = [
        BulkRecipient(number, number, account=account.name, body="Hello") for number in (BOB, CHLOE)
    ]
    bulk = await store.bulk_texts.start(BulkText("mia", "Hello", 6_000, 0), recipients)
    await BulkFeeder(store, clock, (account,), None).run_round(account.name)
    listed = await store.bulk_texts.list_recipients(bulk.id)
    assert [one.reason for one in listed] == ["refused by the new check"] * 2
    assert [attempt.to for attempt in extra_check] == [BOB, CHLOE]
