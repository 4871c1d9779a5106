"""Test what an agent sees of listeners, credit and alarms: header, line over the list, F3."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import ACCOUNTS, ANA
from tui.clock import HOUR, MINUTE, SECOND
from tui.desk.panel_addresses import PanelAddress
from tui.domain.account import Account, Health
from tui.domain.arrivals import Refusal
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.message import NewMessage
from tui.settings.errors import SettingsError
from tui.store.account_watch import Alarms

Size = tuple[int, int]
PUSHED = Account(
    "mp",
    "messageport",
    capabilities=Capabilities("MessagePort", ReplyChannel.PUSH, ReceiptChannel.NONE),
    listener=True,
)
WITH_PUSHED = (*ACCOUNTS, PUSHED)


async def beat(desk: Desk, *, host: str = "srv") -> None:
    """Record a heartbeat of a listener of another process."""
    await desk.store.listeners.record_heartbeat(
        ["mp"], host=host, agent="ops", kind="service", address="http://127.0.0.1:8780"
    )


async def make_healthy(desk: Desk) -> None:
    """Let every account work, and the pushed one have a listener."""
    for name in ("au", "pl", "mp"):
        await desk.store.accounts.save_health(name, Health.OK, ok_at=desk.clock.now())
    await beat(desk)


@BOTH_SIZES
async def test_an_account_without_any_listener_is_never_green(desk: Desk, size: Size) -> None:
    await desk.store.accounts.save_health("mp", Health.OK, ok_at=desk.clock.now())
    async with desk.open(size, accounts=(PUSHED,)):
        await desk.shows("▲ mp no listener")
        assert "● mp" not in desk.text()
        await desk.command("accounts")
        await desk.shows("No listener, no push heard yet: replies and receipts only")


async def test_no_listener_is_worse_than_a_retry_and_better_than_a_stop(desk: Desk) -> None:
    later = desk.clock.now() + 30 * SECOND
    async with desk.open(WIDE, accounts=(PUSHED,)):
        await desk.store.accounts.save_health("mp", Health.RETRYING, line="slow", retry_at=later)
        await desk.shows("▲ mp no listener")
        await desk.store.accounts.save_health("mp", Health.STOPPED, line="wrong password")
        await desk.shows("✗ mp stopped")
        await beat(desk)
        await desk.store.accounts.save_health("mp", Health.RETRYING, line="slow", retry_at=later)
        await desk.shows("◐ mp retry 30s")


@BOTH_SIZES
async def test_a_listener_that_dies_is_noticed_without_any_change_in_the_store(
    desk: Desk, size: Size
) -> None:
    await make_healthy(desk)
    await desk.store.accounts.record_push("mp")
    async with desk.open(size, accounts=(PUSHED,)):
        await desk.shows("● mp")
        desk.clock.advance(15)
        await desk.shows("▲ mp no listener since 14:02")
        desk.clock.advance(3_600)
        await desk.command("accounts")
        await desk.shows("No listener since 14:02, last push heard 14:02: ", "smsdesk sync")
        await beat(desk)
        await desk.shows("● mp", "smsdesk sync on srv listens")


@BOTH_SIZES
async def test_an_account_that_no_process_serves_any_more_is_never_green(
    desk: Desk, size: Size
) -> None:
    async def serve() -> None:
        """Renew the lease of another process, which has just had an answer."""
        await desk.store.leases.acquire_lease("au", duration_ms=10 * SECOND, preferred=True)
        await desk.store.accounts.save_health(
            "au", Health.OK, ok_at=desk.clock.now(), holder="service"
        )

    await serve()
    async with desk.open(size, accounts=ACCOUNTS[:1]):
        await desk.shows("● au")
        desk.clock.advance(50)
        await serve()
        desk.clock.advance(50)
        await desk.shows("14:03")
        assert "● au" in desk.lines()[0]
        desk.clock.advance(20)
        await desk.shows("▲ au not served since 14:02")
        await desk.command("accounts")
        await desk.shows("Not served since 14:02: no process fetches replies", "smsdesk sync")
        await serve()
        await desk.shows("● au")
        await desk.store.leases.release_lease("au")  # as `smsdesk sync --once` does
        desk.clock.advance(9 * MINUTE / SECOND)
        await desk.shows("14:13")
        assert "● au" in desk.lines()[0]
        desk.clock.advance(2 * MINUTE / SECOND)
        await desk.shows("▲ au not served since 14:04")


async def test_yesterdays_listener_is_named_with_its_day(desk: Desk) -> None:
    await make_healthy(desk)
    desk.clock.advance(20 * HOUR / SECOND)
    async with desk.open(WIDE, accounts=(PUSHED,)):
        await desk.shows("no listener since Wed 14:02")


async def test_without_the_settings_the_fix_names_them(desk: Desk) -> None:
    async with desk.open(WIDE, accounts=(replace(PUSHED, listener=False),)):
        await desk.shows("mp no listener")
        await desk.command("accounts")
        await desk.shows("set hook_secret, listen and public_url")


async def test_a_polled_account_needs_no_listener(desk: Desk) -> None:
    await make_healthy(desk)
    async with desk.open(WIDE):
        await desk.shows("● au")
        await desk.command("accounts")
        await desk.shows("checked")
        assert "istener" not in desk.text()


async def test_accounts_that_need_attention_come_before_those_that_retry(desk: Desk) -> None:
    six = tuple(replace(ACCOUNTS[0], name=name) for name in ("au", "pl", "de", "fr", "it", "uk"))
    async with desk.open(NARROW, accounts=(*six, PUSHED)):
        await desk.shows("▲ mp no listener")
        line = desk.lines()[0]
        assert "mp no listener" in line and "+" in line


async def test_the_line_over_the_list_says_it_as_well(desk: Desk) -> None:
    async with desk.open(WIDE, accounts=(PUSHED,)):
        await desk.shows("mp: no listener · F3")


@BOTH_SIZES
async def test_an_account_without_credit_says_so_whatever_its_polls_say(
    desk: Desk, size: Size
) -> None:
    message = await desk.store.intents.queue_message(NewMessage(ANA, "On it", "pl", agent="mia"))
    await desk.store.credit_waits.start_wait("pl", "The account cannot pay", desk.clock.now())
    await desk.store.credit_waits.explain_waiting_messages("pl", "The account cannot pay; it waits")
    await desk.store.accounts.save_health("pl", Health.OK, ok_at=desk.clock.now())
    async with desk.open(size):
        await desk.shows("✗ pl no credit since 14:02", "1 message waits: pl is stopped")
        await desk.command("accounts")
        await desk.shows("No credit since 14:02", "top the account up", "t in F3")
        await desk.press("t")
        await desk.shows("Trying again: pl")
        requests = await desk.store.accounts.get_retry_requests()
        assert requests == {"pl": desk.clock.now()}
        await desk.press("escape")
        await desk.open_thread(ANA)
        await desk.shows("queued: The account cannot pay")
        await desk.store.credit_waits.end_wait("pl")
        await desk.shows("● pl")
    assert message.account == "pl"


@presses("timeline")
async def test_the_timeline_of_a_waiting_message_says_what_ends_the_wait(
    desk: Desk, size: Size
) -> None:
    await desk.store.intents.queue_message(NewMessage(ANA, "On it", "pl", agent="mia"))
    await desk.store.credit_waits.start_wait("pl", "The account cannot pay", desk.clock.now())
    async with desk.open(size):
        await desk.open_thread(ANA)
        await desk.command("timeline")
        await desk.shows(
            "Its account has no credit: it is sent when another message", "t tries it now"
        )


@BOTH_SIZES
async def test_alarms_are_shown_in_the_header_and_explained_in_f3(desk: Desk, size: Size) -> None:
    await desk.store.accounts.save_health("au", Health.OK, ok_at=desk.clock.now())
    now = desk.clock.now()
    async with desk.open(size, accounts=ACCOUNTS[:1]):
        await desk.shows("● au")
        await desk.store.alarm_figures.save_alarms("au", Alarms(silent_since=now - 5 * HOUR))
        await desk.shows("▲ au silent since 09:02")
        await desk.store.alarm_figures.save_alarms("au", Alarms(None, 5, now - HOUR, 10 * MINUTE))
        await desk.shows("▲ au 5 without receipt")
        await desk.command("accounts")
        await desk.shows("5 messages wait for their receipt longer than usual", "since 13:02")
        await desk.store.alarm_figures.save_alarms("au", Alarms())
        await desk.shows("● au")


# Addresses --------------------------------------------------------------------------------------

LONG = "https://sms.example.com/hooks/mp/q7Rk2mXw9ZtB4nLs?" + "&".join(
    f"field{n}=#FIELD{n}#" for n in range(9)
)
ENTRIES = (
    PanelAddress("mp", "MessagePort", "Settings, API", "replies", LONG),
    PanelAddress(
        "mp",
        "MessagePort",
        "Settings, API",
        "receipts",
        "https://sms.example.com/hooks/mp/q7Rk2mXw9ZtB4nLs/receipt",
        body='{"id":"$id"}',
        problem="Missing in the settings: public_url",
    ),
)


def load_entries() -> Sequence[PanelAddress]:
    """Return two addresses."""
    return ENTRIES


def shows_whole(desk: Desk, text: str) -> bool:
    """Return whether the screen shows a text, however it is wrapped."""
    inner = "".join(line.strip(" │|") for line in desk.lines())
    return text in inner.replace(" ", "")


async def test_an_answer_in_f3_gives_way_to_the_key_hints(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = "t tries again now · a addresses · n adds an account · Esc closes"
    monkeypatch.setattr("tui.screens.base.STATUS_SECONDS", 1.0)
    async with desk.open(NARROW, load_addresses=None):
        await desk.command("accounts")
        await desk.shows(hints)
        for key, answer in (("t", "Trying again: pl"), ("a", "need no addresses")):
            await desk.press(key, key)
            await desk.shows(answer)
            await desk.shows(hints)
            await desk.hides(answer)
        await desk.press("t")
        await desk.shows("Trying again: pl")
        await desk.press("question_mark")
        await desk.shows("Add an account")
        await desk.press("escape")
        await desk.shows(hints)


async def test_a_copied_address_gives_way_to_the_key_hints(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.base.STATUS_SECONDS", 1.0)
    async with desk.open(NARROW, load_addresses=load_entries):
        await desk.command("accounts")
        await desk.press("a")
        await desk.shows("y copies")
        await desk.press("y")
        await desk.shows("Copied the address for mp")
        await desk.shows("y copies")


@BOTH_SIZES
async def test_the_addresses_are_shown_whole_and_can_be_copied(desk: Desk, size: Size) -> None:
    async with desk.open(size, load_addresses=load_entries):
        await desk.command("accounts")
        await desk.press("a")
        await desk.shows("Addresses for the providers", "for replies", "for receipts")
        await desk.until(lambda: shows_whole(desk, LONG), "the long address")
        await desk.press("y")
        await desk.shows("Copied the address for mp")
        assert desk.app.clipboard == LONG
        await desk.press("b")
        await desk.shows("has no template")
        await desk.press("down", "y")
        assert desk.app.clipboard == ENTRIES[1].address
        await desk.press("b")
        assert desk.app.clipboard == ENTRIES[1].body
        await desk.shows("Missing in the settings: public_url")
        await desk.press("escape", "escape")
        await desk.hides("Addresses for the providers")


async def test_wrong_settings_and_the_demo_have_no_addresses(desk: Desk) -> None:
    def fail() -> Sequence[PanelAddress]:
        raise SettingsError(["theme [/red] is not known"])

    async with desk.open(WIDE, load_addresses=fail):
        await desk.command("accounts")
        await desk.press("a")
        await desk.shows("theme [/red] is not known")
    async with desk.open(WIDE, load_addresses=None):
        await desk.command("accounts")
        await desk.press("a")
        await desk.shows("accounts of the demo need no addresses")


async def test_without_pushes_the_page_says_so(desk: Desk) -> None:
    async with desk.open(WIDE, load_addresses=lambda: ()):
        await desk.command("accounts")
        await desk.press("a")
        await desk.shows("No account receives pushes")
        await desk.press("y", "down")


@BOTH_SIZES
async def test_pushes_to_a_wrong_address_are_never_green(desk: Desk, size: Size) -> None:
    await make_healthy(desk)
    async with desk.open(size, accounts=(PUSHED,)):
        await desk.shows("● mp")
        desk.clock.advance(1)
        await desk.store.held_items.count_refusals({("mp", Refusal.WRONG_SECRET): 3})
        await desk.store.accounts.record_push("mp")
        await beat(desk)
        await desk.shows("▲ mp wrong address")
        await desk.command("accounts")
        await desk.shows("Wrong address: pushes with a wrong secret in it are refused")
        await desk.press("escape")
        desk.clock.advance(1)
        await desk.store.listeners.end_listening()
        await beat(desk)
        await desk.shows("● mp")


async def test_a_polled_account_is_not_marked_for_pushes_to_a_wrong_address(desk: Desk) -> None:
    await make_healthy(desk)
    async with desk.open(WIDE, accounts=WITH_PUSHED):
        await desk.store.held_items.count_refusals({("au", Refusal.WRONG_SECRET): 3})
        await desk.command("accounts")
        await desk.shows("3 requests with a wrong secret in the address", "● au")
