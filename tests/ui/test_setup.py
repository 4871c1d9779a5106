"""Test the set-up screen: credentials are checked and saved, and the inbox opens with them."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.slow_cases import slow_case
from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.terminal import Terminal, open_terminal
from tui.desk.account_form import (
    AccountSetup,
    AccountSetupError,
    ExitAction,
    NewAccount,
    SecretLocation,
)
from tui.desk.key_guard import EARLY_KEYS
from tui.desk.panel_addresses import PanelAddress
from tui.providers.catalog import CATALOG, MESSAGEMEDIA
from tui.screens.base import DialogScreen
from tui.screens.setup import SetupScreen
from tui.terminal.bursts import PASTE_SECONDS


class FakeSetup:
    """Stand in for the provider and the settings."""

    def __init__(self) -> None:
        """Create a set-up that accepts every account at once."""
        self.checked: list[NewAccount] = []
        self.saved: list[NewAccount] = []
        self.refusal = self.refused_field = ""
        self.lines: list[str] = []
        self.addresses: list[PanelAddress] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def check(self, new: NewAccount) -> str:
        """Record the account; return the provider's answer or raise the refusal."""
        self.checked.append(new)
        await self.may_answer.wait()
        if self.refusal:
            raise AccountSetupError(self.refusal, self.refused_field)
        return "MessageMedia answers: 812 credits"

    async def save(self, new: NewAccount) -> list[str]:
        """Record the account and return the lines to show."""
        self.saved.append(new)
        return self.lines

    @property
    def account_setup(self) -> AccountSetup:
        """Return the set-up that the app uses."""
        return AccountSetup(
            *(self.check, self.save, "/home/mia/config.toml", tuple(CATALOG.values())),
            list_addresses=self.list_addresses,
        )

    async def list_addresses(self, name: str) -> list[PanelAddress]:
        """Return the addresses of the account, named as it was saved."""
        return [replace(entry, account=name) for entry in self.addresses]


@pytest.fixture
def provider() -> FakeSetup:
    """Return a set-up that accepts every account."""
    return FakeSetup()


async def type_credentials(desk: Desk) -> None:
    """Type key and secret, from the field that has the focus."""
    await desk.shows("API key")
    await desk.type("mykey")
    await desk.press("tab")
    await desk.type("s3cret-value")


@BOTH_SIZES
async def test_without_accounts_the_app_starts_with_the_set_up(
    empty_desk: Desk, provider: FakeSetup, size: tuple[int, int]
) -> None:
    async with empty_desk.open(size, accounts=(), account_setup=provider.account_setup):
        await empty_desk.shows("Set up smsdesk", "No account is set up yet", "F9 demo")
        await type_credentials(empty_desk)
        await empty_desk.hides("s3cret-value")
        await empty_desk.press("enter")
        await empty_desk.shows("812 credits", "Enter saves the account")
        assert provider.saved == []
        await empty_desk.press("enter")
        await empty_desk.shows("Saved in /home/mia/config.toml", "Enter closes")
        await empty_desk.press("enter")
        await empty_desk.hides("Set up smsdesk")
    (saved,) = provider.saved
    assert (saved.name, saved.api_key, saved.api_secret) == (
        "messagemedia",
        "mykey",
        "s3cret-value",
    )
    assert saved.base_url == MESSAGEMEDIA.base_url and saved.secret_location is SecretLocation.FILE


async def test_the_chosen_provider_and_place_are_in_sight_on_a_small_screen(
    empty_desk: Desk, provider: FakeSetup
) -> None:
    async with empty_desk.open(NARROW, accounts=(), account_setup=provider.account_setup):
        await empty_desk.shows("MessageMedia  (1 of 5, F2)")
        await empty_desk.press("f2")
        await empty_desk.shows("Messente  (2 of 5, F2)", "API username")
        await empty_desk.press("f4")
        await empty_desk.shows("keyring", "Messente  (2 of 5, F2)")
        await empty_desk.type("mykey")
        await empty_desk.shows("mykey")


async def test_the_demo_is_one_key_away(empty_desk: Desk, provider: FakeSetup) -> None:
    async with empty_desk.open(NARROW, accounts=(), account_setup=provider.account_setup):
        await empty_desk.shows("Set up smsdesk")
        await empty_desk.press("f9")
        await empty_desk.until(lambda: empty_desk.app.return_value == ExitAction.DEMO, "the demo")


async def test_the_secret_of_replies_is_asked_for_where_the_provider_has_one(
    desk: Desk, provider: FakeSetup
) -> None:
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.shows("API key")
        await desk.hides("Shared secret of the inbound number")
        await desk.press("f2")
        await desk.shows("API username", "Shared secret of the inbound number")
        await desk.type("mykey")
        await desk.press("tab")
        await desk.type("s3cret-value")
        await desk.press("tab")
        await desk.type("of-the-number")
        await desk.hides("of-the-number")
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        await desk.press("enter")
        await desk.shows("Saved in")
        await desk.press("f2")
    assert provider.saved[0].other_secrets == {"inbound_secret": "of-the-number"}


async def test_a_small_screen_shows_which_provider_was_chosen(
    desk: Desk, provider: FakeSetup
) -> None:
    async with desk.open(NARROW, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.press("f2")
        await desk.shows("Messente  (2 of 5", "inbound number (for replies, can be added later)")
        await desk.press("f4")
        await desk.shows("Messente  (2 of 5")


async def test_the_secret_of_replies_may_be_added_later(desk: Desk, provider: FakeSetup) -> None:
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.press("f2")
        await desk.shows("Shared secret of the inbound number")
        await desk.type("mykey")
        await desk.press("tab")
        await desk.type("s3cret-value")
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        assert provider.checked[0].other_secrets == {}


@presses("add_account")
async def test_another_account_is_added_from_the_inbox(
    desk: Desk, provider: FakeSetup, size: tuple[int, int]
) -> None:
    async with desk.open(size, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.shows("Add an account", "MessageMedia")
        await desk.press("f2")
        await desk.shows("Messente", "API username", "https://api.messente.com")
        await desk.press("escape")
        await desk.hides("Add an account")


async def test_a_refusal_is_shown_and_can_be_overruled(desk: Desk, provider: FakeSetup) -> None:
    provider.refusal = "MessageMedia refused the key: correct it"
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        await desk.press("enter")
        await desk.shows("MessageMedia refused the key", "F5 saves without a test")
        assert provider.saved == []
        await desk.press("f5")
        await desk.shows("Saved in")
        assert len(provider.saved) == 1


async def test_changed_credentials_are_checked_again(desk: Desk, provider: FakeSetup) -> None:
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        await desk.type("!")
        await desk.shows("Enter tests the credentials")
        await desk.press("enter")
        await desk.until(lambda: len(provider.checked) == 2, "asked again")
        assert provider.checked[-1].api_secret == "s3cret-value!"


async def test_an_answer_to_changed_credentials_is_ignored(desk: Desk, provider: FakeSetup) -> None:
    provider.may_answer.clear()
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        await desk.press("enter")
        await desk.shows("testing")
        await desk.type("!")
        provider.may_answer.set()
        await desk.shows("Enter tests the credentials")
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        assert len(provider.checked) == 2


async def test_a_secret_for_the_environment_gives_the_line_to_run(
    desk: Desk, provider: FakeSetup
) -> None:
    provider.lines = ["export SMSDESK_ACCOUNTS__MESSAGEMEDIA__API_SECRET='the API secret'"]
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        await desk.press("f4", "f4")
        await desk.shows("in an environment variable")
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        await desk.press("enter")
        await desk.shows("export SMSDESK_ACCOUNTS__MESSAGEMEDIA__API_SECRET=")
        assert provider.saved[0].secret_location is SecretLocation.ENVIRONMENT


@BOTH_SIZES
async def test_the_last_page_shows_what_to_enter_at_the_provider(
    desk: Desk, provider: FakeSetup, size: tuple[int, int]
) -> None:
    hook = "https://sms.example.com/hooks/messagemedia/q7Rk2mXw9ZtB4nLsq7Rk2mXw9ZtB4nLs"
    provider.addresses = [
        PanelAddress("", "MessageMedia", "API settings", "replies", f"{hook}/reply"),
        PanelAddress("", "MessageMedia", "API settings", "receipts", hook, body='{"id":"$id"}'),
    ]
    async with desk.open(size, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        await desk.press("f6")
        assert desk.app.clipboard == ""
        await desk.press("enter")
        await desk.shows("smsdesk doctor --selftest tests it", "Enter closes")
        copied = []
        for _ in range(4):
            await desk.press("f6")
            copied.append(desk.app.clipboard)
        assert copied == [f"{hook}/reply", hook, '{"id":"$id"}', f"{hook}/reply"]
        await desk.shows("Copied 1 of 3")
        await desk.press("pageup", "pageup")
        await desk.shows("API key")
        await desk.press("pagedown", "pagedown")
        await desk.shows("Template of the body:", '{"id":"$id"}')


@BOTH_SIZES
@pytest.mark.parametrize(
    ("field", "typed", "text"),
    [
        ("name", "Not A Name", "Use lower-case a-z"),
        ("key", "", "API key is missing"),
        ("secret", "", "API secret is missing"),
        ("url", "ftp://example.com", "The address begins with https://"),
        ("region", "Australia", "The country has two characters"),
        ("region", "ZZ", "The country has two characters"),
    ],
)
async def test_the_focus_goes_to_what_is_wrong(
    desk: Desk, provider: FakeSetup, size: tuple[int, int], field: str, typed: str, text: str
) -> None:
    async with desk.open(size, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        wrong = desk.app.screen.query_one(f"#setup-{field}", Input)
        wrong.value = typed
        await desk.press("enter")
        await desk.shows(text)
        assert desk.app.focused is wrong and provider.checked == []


@BOTH_SIZES
@pytest.mark.parametrize("field", ["key", "url", "inbound_secret"])
async def test_a_long_refusal_is_whole_and_its_field_has_the_focus(
    desk: Desk, provider: FakeSetup, size: tuple[int, int], field: str
) -> None:
    provider.refusal = " ".join(f"reason{n}" for n in range(30))
    provider.refused_field = field
    async with desk.open(size, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.press("f2")
        await desk.shows("API username")
        await desk.type("mykey")
        await desk.press("tab")
        await desk.type("s3cret-value")
        await desk.press("enter")
        await desk.shows("reason0", "reason29", "F5 saves without a test")
        assert desk.app.focused is desk.app.screen.query_one(f"#setup-{field}", Input)


@BOTH_SIZES
async def test_every_field_of_the_form_can_be_reached(
    desk: Desk, provider: FakeSetup, size: tuple[int, int]
) -> None:
    async with desk.open(size, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.press("f2")
        await desk.shows("API username")
        shown = [field for field in desk.app.screen.query(Input) if field.display]
        for _ in tuple(shown):
            field = desk.app.focused
            assert isinstance(field, Input)
            await desk.work_done()
            assert desk.app.screen.find_widget(field).visible_region.height == 1
            shown.remove(field)
            await desk.press("down")
            await desk.until(lambda left=field: desk.app.focused is not left)
        assert shown == []


async def test_the_country_of_an_account_is_saved(desk: Desk, provider: FakeSetup) -> None:
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        await desk.press("tab", "tab")
        await desk.type("nz")
        await desk.press("enter")
        await desk.shows("Enter saves the account")
        await desk.press("enter")
        await desk.shows("Saved in")
    assert provider.saved[0].region == "NZ"


async def test_incomplete_credentials_are_not_checked(desk: Desk, provider: FakeSetup) -> None:
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.shows("API key")
        await desk.press("enter")
        await desk.shows("API key is missing")
        assert provider.checked == []


async def test_a_demo_has_all_its_accounts(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("add_account")
        await desk.shows("Accounts cannot be added to the demo")


def test_the_repr_does_not_show_the_secret() -> None:
    new = NewAccount(MESSAGEMEDIA, "au", "key", "s3cret-value", MESSAGEMEDIA.base_url)
    assert "s3cret" not in repr(new)


# What the keys do ---------------------------------------------------------------------------------


async def read_help(desk: Desk) -> dict[str, str]:
    """Return what the help of the open dialog says, by keys."""
    assert isinstance(desk.app.screen, DialogScreen)
    return dict(desk.app.screen.describe_keys())


@BOTH_SIZES
async def test_the_help_has_every_key_and_the_words_of_the_form(
    empty_desk: Desk, provider: FakeSetup, size: tuple[int, int]
) -> None:
    provider.addresses = [PanelAddress("", "MessageMedia", "API settings", "replies", "https://a")]
    async with empty_desk.open(size, accounts=(), account_setup=provider.account_setup):
        await empty_desk.shows("F2 provider · F4 secret · F9 demo · F1 help · Esc closes")
        shown = await read_help(empty_desk)
        assert shown["Enter"] == "tests the credentials"
        assert {"↓  Tab", "↑  Shift+Tab", "F2", "F4", "F5", "F9", "Esc", "F1"} <= set(shown)
        assert "F6" not in shown
        await type_credentials(empty_desk)
        await empty_desk.press("escape")
        await empty_desk.shows("Not saved yet · Esc again discards it", "Enter tests")
        await empty_desk.hides("Enter saves")
        await empty_desk.press("enter")
        await empty_desk.shows("Enter saves the account", "F1 help · Esc closes")
        assert (await read_help(empty_desk))["Enter"] == "saves the account"
        await empty_desk.press("enter")
        await empty_desk.shows("Enter closes", "F6 copies the next address")
        shown = await read_help(empty_desk)
        assert (shown["Enter"], shown["F6"]) == ("closes", "Copies the next address")
        assert not {"F2", "F4", "F5"} & set(shown)
        await empty_desk.hides("F2")


async def test_only_the_first_account_can_be_a_demo(desk: Desk, provider: FakeSetup) -> None:
    provider.may_answer.clear()
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.shows("F2 provider · F4 secret · F1 help · Esc closes")
        assert "F9" not in await read_help(desk)
        await type_credentials(desk)
        await desk.press("enter")
        await desk.shows("testing")
        assert not {"Enter", "F2", "F4", "F5"} & set(await read_help(desk))
        provider.may_answer.set()
        await desk.shows("Enter saves the account")


async def test_the_help_page_names_enter_and_the_arrows(desk: Desk, provider: FakeSetup) -> None:
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await desk.shows("API key")
        await desk.press("f1")
        await desk.shows("Keys · Add an account", "Tests the credentials", "↓  Tab", "Next field")


# Before it is on the screen -----------------------------------------------------------------------


def open_first_start(home: Path) -> AbstractContextManager[Terminal]:
    """Run `smsdesk` for the first time, on a terminal of its own."""
    environ = {"LOGNAME": "mia", "SMSDESK_DATABASE": str(home / "inbox.db")}
    return open_terminal(["-m", "tui"], NARROW, home, environ)


def read_fields(form: Terminal) -> list[str]:
    """Return what the fields hold, from the first to the last."""
    return [line.partition("┃")[2].strip(" │") for line in form.picture if "┃" in line]


@pytest.mark.parametrize("mark", [slow_case(""), slow_case("\x1b[?1049h"), "\x1b[?1004h"])
@pytest.mark.parametrize(
    "keys",
    [
        (b"l", b"\x1b[B", b"hello"),
        (b"mykey", b"\r"),
        (b"a" * 40 + b"\r" + b"b" * 40,),
        (b"\x1bOQ", b"\x1b"),
        (b"\x1b[200~pasted\x1b[201~",),
        (b"q", b"?"),
    ],
    ids=["characters", "enter", "text", "provider-and-esc", "paste", "commands"],
)
def test_keys_typed_before_the_form_is_shown_are_dropped_with_a_word(
    tmp_path: Path, keys: Sequence[bytes], mark: str
) -> None:
    with open_first_start(tmp_path) as form:
        form.shows(mark)
        for key in keys:
            form.type(key)
        form.sees(EARLY_KEYS)
        name, key_field, secret, *_ = read_fields(form)
        assert (name, key_field, secret) == ("messagemedia", "", "")
        form.sees("MessageMedia  (1 of 5, F2)")
        time.sleep(PASTE_SECONDS)  # what follows at once is a piece of the same paste
        form.type_line("mykey")
        form.sees("API secret is missing")
        assert read_fields(form)[1] == "mykey"


def test_keys_typed_once_the_form_is_shown_are_all_in_its_field(tmp_path: Path) -> None:
    with open_first_start(tmp_path) as form:
        form.shows("Set up smsdesk")
        for key in b"mykey":
            form.type(bytes([key]))
        form.sees("mykey")
        assert read_fields(form)[1] == "mykey"
        assert not any("were dropped" in line for line in form.picture)


async def test_keys_act_again_if_the_first_form_cannot_be_built(
    empty_desk: Desk, provider: FakeSetup, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(screen: SetupScreen) -> None:
        """Fail instead of building the form."""
        raise ValueError("no form")

    monkeypatch.setattr(SetupScreen, "compose", fail)
    setup = provider.account_setup
    log = tmp_path / "log"
    async with empty_desk.open(WIDE, accounts=(), account_setup=setup, log_file=log):
        await empty_desk.shows("An error in smsdesk")
        await empty_desk.until(lambda: empty_desk.app.screen is empty_desk.inbox, "closed")
        await empty_desk.press("question_mark")
        await empty_desk.shows("Keys ·")
        assert str(empty_desk.app.handler_errors[0]) == "no form"
        empty_desk.app.handler_errors = []


@pytest.mark.parametrize("field", ["key", "secret"])
async def test_after_refused_credentials_the_focus_stays(
    desk: Desk, provider: FakeSetup, field: str
) -> None:
    provider.refusal = "It does not accept the credentials"
    async with desk.open(WIDE, account_setup=provider.account_setup):
        await desk.command("add_account")
        await type_credentials(desk)
        desk.app.screen.query_one(f"#setup-{field}", Input).focus()
        await desk.press("enter")
        await desk.shows("does not accept the credentials")
        await desk.type("again")
        assert desk.app.screen.query_one(f"#setup-{field}", Input).value.endswith("again")
