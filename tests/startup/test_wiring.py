"""Test that settings become a store, a context and accounts, and that no secret leaks."""

import contextlib
import io
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from tests.store.builders import MIA, get_conversation, make_reply
from tests.waiting import wait_until
from tui.clock import ManualClock, SystemClock
from tui.commands import index_by_id
from tui.domain.account import Account
from tui.domain.consent import Verdict
from tui.domain.events import Reply
from tui.domain.message import Message
from tui.providers.protocol import Push
from tui.settings.accounts import ACCOUNT_MODELS
from tui.settings.errors import SettingsError
from tui.settings.load import to_public_accounts
from tui.settings.models import Settings
from tui.settings.public import Preferences
from tui.startup.background import run_background
from tui.startup.served_settings import (
    ServedSettings,
    get_client_options,
    make_served_settings,
)
from tui.startup.sync_setup import get_polling_pace
from tui.startup.wiring import (
    ProgressLine,
    create_consent_judge,
    create_context,
    create_owner_name,
    is_ascii_terminal,
    open_accounts,
    open_store,
)
from tui.store.moving.movable import MoveRefused
from tui.store.moving.opening import open_source, refuse_living_processes
from tui.sync.context import ServedAccount

MESSAGEMEDIA = {"provider": "messagemedia", "api_key": "key", "api_secret": "top-secret"}
POLISH, AUSTRALIAN = "+48601234567", MIA


def make_settings(accounts: dict[str, dict[str, Any]], **values: Any) -> Settings:
    """Return validated settings with these accounts."""
    return Settings({"accounts": accounts, **values})


async def close_accounts(accounts: list[ServedAccount]) -> list[ServedAccount]:
    """Close the connections of the accounts and return the accounts."""
    for account in accounts:
        await account.provider.aclose()
    return accounts


async def test_every_provider_of_the_settings_is_served(clock: ManualClock) -> None:
    key = {"api_key": "key", "api_secret": "secret"}
    made = make_settings(
        {
            "au": {**MESSAGEMEDIA, "auth": "hmac-sha1", "senders": ["+61491570157", "Shop"]},
            "eu": {**key, "provider": "messente", "api": "classic"},
            "pl": {"provider": "serwersms", "api_token": "token", "default_sender": "Shop"},
            "sw": {**key, "provider": "smartswitch", "base_url": "https://sms.example.com"},
            "mp": {**key, "provider": "messageport"},
        }
    )
    accounts = await close_accounts(open_accounts(made, clock))
    titles = {account.name: account.provider.capabilities.title for account in accounts}
    assert titles == {
        "au": "MessageMedia",
        "eu": "Messente",
        "pl": "SerwerSMS",
        "sw": "SmartSwitch",
        "mp": "MessagePort",
    }
    assert [account.sender for account in accounts] == ["+61491570157", "", "Shop", "", ""]
    assert {account.hook_secret for account in accounts} == {""}


@pytest.mark.parametrize(
    ("values", "regions"),
    [
        ({}, ["NZ", "", "PL", "AU"]),
        ({"default_region": "DE"}, ["NZ", "DE", "PL", "AU"]),
    ],
)
async def test_numbers_are_those_of_the_account_then_the_provider_then_the_desk(
    clock: ManualClock, values: dict[str, Any], regions: list[str]
) -> None:
    key = {"api_key": "key", "api_secret": "secret"}
    made = make_settings(
        {
            "nz": {**key, "provider": "messageport", "region": "NZ"},
            "mm": MESSAGEMEDIA,
            "pl": {**key, "provider": "serwersms"},
            "mp": {**key, "provider": "messageport"},
        },
        **values,
    )
    served = await close_accounts(open_accounts(made, clock))
    assert [account.region for account in served] == regions
    assert [account.region for account in to_public_accounts(made)] == regions


async def test_pushes_need_a_listener_and_a_secret(clock: ManualClock) -> None:
    with_secret = {**MESSAGEMEDIA, "hook_secret": "long-secret"}
    accounts = {"au": with_secret, "nz": MESSAGEMEDIA}
    values = {"listen": "127.0.0.1:8080", "public_url": "https://sms.example.com/desk"}
    au, nz = await close_accounts(open_accounts(make_settings(accounts, **values), clock))
    assert (au.hook_secret, nz.hook_secret) == ("long-secret", "")
    assert au.callback_url == "https://sms.example.com/desk/hooks/au/long-secret"
    assert nz.callback_url == ""
    (silent,) = await close_accounts(open_accounts(make_settings({"au": with_secret}), clock))
    assert (silent.hook_secret, silent.callback_url) == ("", "")


def test_an_account_that_cannot_be_opened_names_itself(clock: ManualClock) -> None:
    broken = {**MESSAGEMEDIA, "signature_key": "not a key"}
    with pytest.raises(SettingsError) as caught:
        open_accounts(make_settings({"au": broken}), clock)
    assert caught.value.lines[0].startswith("accounts.au: ")
    assert "top-secret" not in str(caught.value)


async def test_a_served_account_does_not_show_its_secret(clock: ManualClock) -> None:
    (account,) = await close_accounts(open_accounts(make_settings({"au": MESSAGEMEDIA}), clock))
    assert "top-secret" not in repr(account)


def test_client_options_hold_only_arguments_of_the_client() -> None:
    account = make_settings({"au": {**MESSAGEMEDIA, "title": "Shop"}}).accounts["au"]
    assert get_client_options(account) == {
        "base_url": "https://api.messagemedia.com",
        "api_key": "key",
        "api_secret": "top-secret",
        "auth": "basic",
        "sub_account": "",
        "signature_key": "",
        "validity": 0,
        "metadata": {},
    }


@pytest.mark.parametrize(
    ("provider", "values", "text"),
    [
        ("serwersms", {}, "Łódź"),
        ("serwersms", {"charset": "iso-8859-2"}, "Łód\x9f"),
        ("serwersms", {"charset": "windows-1251"}, "Јуdџ"),
    ],
)
async def test_the_charset_of_an_account_reaches_its_parser(
    provider: str, values: dict[str, Any], text: str, clock: ManualClock
) -> None:
    account = {"provider": provider, "api_key": "k", "api_secret": "s", **values}
    (served,) = await close_accounts(open_accounts(make_settings({"a": account}), clock))
    query = "wiadomosc=%A3%F3d%9F&numer=48500600700&data=2026-03-04+09:15:07&id=7"
    push = Push("GET", f"/hooks/a/b?{query}", "", (), {}, b"")
    (event,) = served.provider.read_push(push).events
    assert isinstance(event, Reply)
    assert event.text == text


def test_the_context_has_preferences_and_account_capabilities(clock: ManualClock) -> None:
    preferences = Preferences(
        agent="mia",
        grace_seconds=2.5,
        default_region="AU",
        keys={"next": ("j", "ctrl+n")},
        accounts=(Account("au", "messagemedia"), Account("mp", "messageport")),
    )
    context = create_context(preferences, clock, {"TERM": "xterm", "LANG": "C.UTF-8"})
    assert replace(context.preferences, accounts=preferences.accounts) == preferences
    assert (context.agent, context.ascii) == ("mia", False)
    assert index_by_id(context.commands)["next"].keys == ("j", "ctrl+n")
    found = [account.capabilities for account in context.accounts]
    assert [capabilities and capabilities.can_cancel for capabilities in found] == [True, False]


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({"TERM": "linux", "LANG": "C.UTF-8"}, True),
        ({"TERM": "dumb"}, True),
        ({"TERM": "xterm", "LANG": "pl_PL.ISO-8859-2"}, True),
        ({"TERM": "xterm", "LANG": "C"}, True),
        ({"TERM": "xterm", "LANG": "pl_PL.utf8"}, False),
        ({"TERM": "xterm", "LANG": "C", "LC_ALL": "en_GB.UTF-8"}, False),
        ({"TERM": "xterm", "LANG": "en_GB.UTF-8", "LC_ALL": "POSIX"}, True),
        ({"TERM": "xterm"}, False),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}, False),
    ],
)
def test_plain_ascii_is_for_terminals_that_can_show_no_more(
    environ: dict[str, str], plain: bool, clock: ManualClock
) -> None:
    assert is_ascii_terminal(environ) is plain
    assert create_context(Preferences(), clock, environ).ascii is plain
    assert create_context(Preferences(ascii=not plain), clock, environ).ascii is not plain


def test_configured_opt_out_words_add_to_the_known_ones() -> None:
    judge = create_consent_judge({"*": ("ENOUGH",), "AU": ("RACK OFF",)})
    assert judge("enough!", POLISH) is Verdict.STOP
    assert judge("rack off", AUSTRALIAN) is Verdict.STOP
    assert judge("rack off", POLISH) is not Verdict.STOP
    assert judge("wypisz", POLISH) is Verdict.STOP
    assert judge("START", POLISH) is Verdict.START
    assert judge("See you at ten", POLISH) is Verdict.NONE
    assert judge("cancelar", "+34600000000") is Verdict.SUSPECTED
    assert judge("seis", "+34600000000") is Verdict.NONE
    assert judge("СТОП", "+37251990011") is Verdict.STOP


async def test_a_configured_opt_out_word_locks_the_conversation(
    tmp_path: Path, clock: ManualClock
) -> None:
    preferences = Preferences(database=tmp_path / "inbox.db", opt_out_words={"*": ("ENOUGH",)})
    async with open_store(preferences, clock, random.Random(1)) as store:
        await store.ingest.store_events("au", [make_reply("Enough", MIA)])
        assert (await get_conversation(store, MIA)).opted_out


@pytest.mark.parametrize(("shared", "mode"), [(False, 0o600), (True, 0o660)])
async def test_the_mode_of_the_database_follows_the_setting(
    tmp_path: Path, clock: ManualClock, shared: bool, mode: int
) -> None:
    file = tmp_path / "inbox.db"
    preferences = Preferences(database=file, group_access=shared)
    async with open_store(preferences, clock, random.Random(1)):
        assert file.stat().st_mode & 0o777 == mode


def test_every_process_has_a_different_name() -> None:
    rng = random.Random(1)
    assert len({create_owner_name(rng) for _ in range(1000)}) == 1000


async def test_the_background_work_of_an_inbox_sends_queued_messages(tmp_path: Path) -> None:
    from tui.domain.message import NewMessage
    from tui.sandbox.app import create_app
    from tui.sandbox.server import run_server

    clock, rng = SystemClock(), random.Random(1)
    environ = {"HOME": str(tmp_path)}
    preferences = Preferences(database=tmp_path / "inbox.db", agent="mia")
    async with run_server(create_app()) as url, open_store(preferences, clock, rng) as store:
        key = {"api_key": "sandbox", "api_secret": "sandbox-secret"}
        account = {"provider": "messagemedia", **key, "base_url": f"{url}/messagemedia"}

        def load_settings() -> ServedSettings:
            """Return settings that also listen on any free port."""
            made = make_settings({"au": account}, listen="127.0.0.1:0", poll_min_seconds=0.2)
            return make_served_settings(made, environ)

        async with run_background(store, load_settings, clock, rng, environ, "mia"):
            queued = await store.intents.queue_message(NewMessage(MIA, "Hello", "au", agent="mia"))

            async def is_delivered() -> bool:
                """Return whether the message is stored as delivered."""
                message: Message | None = await store.messages.get(queued.id)
                return message is not None and message.status == "delivered"

            await wait_until(is_delivered)
        assert (tmp_path / ".local/state/smsdesk/smsdesk.log").exists()


async def test_an_inbox_that_cannot_read_the_secrets_is_seen_by_others(tmp_path: Path) -> None:
    def refuse() -> ServedSettings:
        """Fail as the settings do without a secret."""
        raise SettingsError(["au: api_secret is missing"])

    def find_refusal() -> str:
        """Return why the inbox cannot be moved now."""
        with contextlib.closing(open_source(inbox, tmp_path / "b.db", clock)) as moved:
            try:
                refuse_living_processes(moved)
            except MoveRefused as error:
                return str(error)
        return ""

    clock, rng = SystemClock(), random.Random(1)
    inbox = tmp_path / "inbox.db"
    preferences = Preferences(database=inbox, agent="mia")
    environ = {"HOME": str(tmp_path)}
    async with open_store(preferences, clock, rng) as store:
        async with run_background(store, refuse, clock, rng, environ, "mia") as problem:
            assert problem == "au: api_secret is missing"
            await wait_until(lambda: "mia (desk, " in find_refusal(), what="it is seen")
        assert find_refusal() == ""


async def test_an_inbox_that_listens_shows_figures_to_who_has_the_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t0ken\n")
    account = {**MESSAGEMEDIA, "base_url": "http://127.0.0.1:9", "hook_secret": "q7Rk2mXw9ZtB"}
    made = make_settings(
        {"au": account}, listen="127.0.0.1:0", metrics_token_file=str(token), metrics="local"
    )
    settings = make_served_settings(made, {"HOME": str(tmp_path)})
    clock, rng = SystemClock(), random.Random(1)
    preferences = Preferences(database=tmp_path / "inbox.db", agent="mia")
    environ = {"HOME": str(tmp_path)}
    async with (
        open_store(preferences, clock, rng) as store,
        run_background(store, lambda: settings, clock, rng, environ, "mia"),
    ):

        async def find_listener() -> str | None:
            """Return the address of the listener, once it has sent a heartbeat."""
            state = (await store.accounts.get_states()).get("au")
            return state.listener.address if state and state.listener else None

        url = await wait_until(find_listener)
        async with httpx.AsyncClient() as client:
            refused = await client.get(f"{url}/metrics")
            shown = await client.get(f"{url}/metrics", headers={"Authorization": "Bearer t0ken"})
    assert (refused.status_code, shown.status_code) == (404, 200)
    assert 'smsdesk_queue_messages{account="au"} 0.0' in shown.text


def test_the_polling_pace_follows_the_settings() -> None:
    pace = get_polling_pace(Preferences(poll_min_seconds=1.5, poll_max_seconds=20.0))
    assert (pace.quick, pace.idle) == (1.5, 20.0)


def test_a_context_is_made_without_network_and_settings_models() -> None:
    code = (
        "import sys\nfrom tui.clock import SystemClock\n"
        "from tui.settings.public import Preferences\n"
        "from tui.startup.wiring import create_context\n"
        "create_context(Preferences(), SystemClock(), {})\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"httpx", "pydantic", "textual", "phonenumbers"} & set(ran.stdout.split())


class Terminal(io.StringIO):
    """Output that calls itself a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def report_slowly(output: io.StringIO, clock: ManualClock, task: str) -> str:
    """Return what is shown of a migration that takes three seconds."""
    line = ProgressLine(output, clock)
    line(task, 0, 3_000)
    for done in (1_000, 2_000, 3_000):
        clock.advance(1)
        line(task, done, 3_000)
    return output.getvalue()


def test_a_long_migration_is_shown_on_one_line(clock: ManualClock) -> None:
    task = "Updating the search index: {} messages"
    assert report_slowly(io.StringIO(), clock, task) == (
        "smsdesk: Updating the search index: 1,000 of 3,000 messages\n"
    )
    shown = report_slowly(Terminal(), clock, task)
    assert shown.count("\n") == 1
    assert shown.endswith("\r\x1b[Ksmsdesk: Updating the search index: 3,000 of 3,000 messages\n")
    assert "smsdesk: Joining: 2,000 of 3,000" in report_slowly(Terminal(), clock, "Joining")


def test_a_short_migration_shows_nothing(clock: ManualClock) -> None:
    output = io.StringIO()
    line = ProgressLine(output, clock)
    line("Updating", 0, 10)
    line("Updating", 10, 10)
    assert output.getvalue() == ""


@pytest.mark.parametrize("public_url", ["", "https://sms.test", "https://sms.test/desk"])
async def test_settings_of_one_provider_reach_its_client(
    clock: ManualClock, public_url: str
) -> None:
    key = {"api_key": "key", "api_secret": "secret"}
    made = make_settings(
        {
            "au": {**MESSAGEMEDIA, "validity": "2h", "metadata": {"shop": "Sydney"}},
            "eu": {**key, "provider": "messente", "validity": "1d 30m"},
            "pl": {
                "provider": "serwersms",
                "api_token": "token",
                "push_names": {"text": "msg"},
                "reply_type": "ndi",
                "reply_number": "+48664078059",
            },
            "sw": {
                **key,
                "provider": "smartswitch",
                "base_url": "https://sms.example.com",
                "batch": 1,
                "source_name": "Shop",
                "reply_fields": {"body": "text", "time": "date"},
            },
        },
        public_url=public_url,
    )
    accounts = await close_accounts(open_accounts(made, clock))
    by_name = {account.name: account.provider for account in accounts}
    assert by_name["sw"].capabilities.batch == 1
    query = [("msg", "Tak"), ("numer", "+48500600700"), ("id", "1")]
    push = Push("GET", "/", "", [*query, ("data", "2026-03-04 09:15:07")], {}, b"")
    (event,) = by_name["pl"].read_push(push).events
    assert isinstance(event, Reply) and event.text == "Tak"


@pytest.mark.parametrize("validity", ["2 weeks", "-1h", "0m", "h", "1.5h", 7200, True])
def test_a_validity_that_is_no_duration_is_refused(validity: object) -> None:
    with pytest.raises(ValidationError, match="duration"):
        ACCOUNT_MODELS["messente"].model_validate(
            {"provider": "messente", "api_key": "k", "api_secret": "s", "validity": validity}
        )


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ({"tekst": "msg"}, "unknown key tekst"),
        ({"text": ""}, "different name"),
        ({"text": "a", "sender": "a"}, "different name"),
    ],
)
def test_names_of_parameters_that_are_unknown_or_used_twice_are_refused(
    names: dict[str, str], problem: str
) -> None:
    values = {"provider": "serwersms", "api_token": "t", "push_names": names}
    with pytest.raises(ValidationError, match=problem):
        ACCOUNT_MODELS["serwersms"].model_validate(values)
