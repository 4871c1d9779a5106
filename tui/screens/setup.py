"""Set-up form: an account is typed in, tested with its provider, and saved."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.account_form import (
    SETUP_HINTS,
    AccountSetup,
    AccountSetupError,
    ExitAction,
    NewAccount,
    SecretLocation,
    SetupStep,
    label_other_secrets,
    list_field_labels,
    list_secret_fields,
)
from tui.desk.format import MUTED_STYLE
from tui.desk.panel_addresses import PanelAddress, list_copied_texts, list_setup_lines
from tui.domain.account import ProviderInfo
from tui.domain.text import one_line
from tui.screens.base import FormScreen
from tui.widgets.status_messages import SettingsSaved


class SetupScreen(FormScreen[None]):
    """Set-up form; a saved account works at once. Ends the app for the demo only."""

    DEFAULT_CSS = """
    SetupScreen .dialog { width: 78; max-width: 100%; max-height: 100%; padding: 0 2; }
    SetupScreen #setup-fields { height: auto; }
    SetupScreen #setup-line { margin-top: 1; }
    """
    AUTO_FOCUS = "#setup-key"
    UNSAVED_HINT = "Not saved yet · Esc again discards it"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,tab", "app.focus_next", "Next field", priority=True),
        Binding("up,shift+tab", "app.focus_previous", "Previous field", priority=True),
        Binding("f2", "kind", "Provider: the next one", priority=True),
        Binding("f4", "keep", "Secret: the next place for it", priority=True),
        Binding("f5", "save_unproven", "Saves without a test", priority=True),
        Binding("f6", "copy_address", "Copies the next address", priority=True),
        Binding("f9", "demo", "Demo with made-up customers", priority=True),
        Binding("escape", "leave", "Closes", priority=True),
        Binding("pagedown", "scroll_page(1)", "Page down", priority=True),
        Binding("pageup", "scroll_page(-1)", "Page up", priority=True),
    ]
    header = getters.query_one("#setup-head", Static)
    status_line = getters.query_one("#setup-line", Static)
    dialog = getters.query_one(".dialog", VerticalScroll)

    def __init__(self, account_setup: AccountSetup, *, first: bool) -> None:
        """Create the form.

        Args:
            account_setup: Tests and saves the account.
            first: Whether there is no account yet, so that the demo is available too.
        """
        super().__init__()
        self._account_setup = account_setup
        self._other_secrets = label_other_secrets(account_setup.providers)
        self._is_first = first
        self._provider_index = 0
        self._secret_location = SecretLocation.FILE
        self._step = SetupStep.TYPING
        self._addresses: Sequence[PanelAddress] = ()
        self._copied = 0

    def compose(self) -> ComposeResult:
        """Yield provider and secret location, which keys change, and the fields."""
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Set up smsdesk" if self._is_first else "Add an account"
            yield Static(id="setup-head")
            with Vertical(id="setup-fields"):
                secrets = ("secret", *self._other_secrets)
                for name in ("name", "key", *secrets, "url", "region"):
                    yield Static(id=f"label-{name}", classes="label")
                    yield Input(id=f"setup-{name}", compact=True, password=name in secrets)
            yield Static(id="setup-line")

    def on_mount(self) -> None:
        """Begin with the first provider."""
        self._show_provider()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key acts in the current step; the help shows only those that do.

        Args:
            action: Name of the action.
            parameters: Not used.
        """
        match action:
            case "kind" | "keep" | "save_unproven":
                return self._step.can_change
            case "copy_address":
                return bool(list_copied_texts(self._addresses))
            case "demo":
                return self._is_first
        return True

    def list_hints(self) -> list[str]:
        """Return the hints of the form, with what Enter does in the current step."""
        return [*self._step.value.split(" · "), *super().list_hints()]

    @property
    def _provider(self) -> ProviderInfo:
        """Return the chosen provider."""
        return self._account_setup.providers[self._provider_index]

    def has_changes(self) -> bool:
        """Return whether credentials are typed that are not stored."""
        typed = any(self._get_field(name).value for name in ("key", "secret"))
        return typed and self._step in (SetupStep.TYPING, SetupStep.ASKING, SetupStep.PROVEN)

    def _get_field(self, name: str) -> Input:
        """Return a field by its name."""
        return self.query_one(f"#setup-{name}", Input)

    def _show_provider(self) -> None:
        """Show the provider's own labels, and fill in its name and address."""
        provider = self._provider
        needed = {need.name for need in list_secret_fields(provider)}
        for name in self._other_secrets:
            self._get_field(name).display = name in needed
            self.query_one(f"#label-{name}", Static).display = name in needed
        for name, label in (list_field_labels(provider) | self._other_secrets).items():
            self.query_one(f"#label-{name}", Static).update(label)
        self._get_field("name").value = provider.name
        self._get_field("url").value = provider.base_url
        self._get_field("key").focus(scroll_visible=False)
        self._show_step(at_top=True)

    def show_notice(self, text: str) -> None:
        """Show a text above what Enter does.

        Args:
            text: One line.
        """
        self._show_step(text, is_error=True, at_top=True)

    def _show_step(self, text: str = "", *, is_error: bool = False, at_top: bool = False) -> None:
        """Show the current step, with a result above it; `at_top` shows the first lines."""
        welcome = "No account is set up yet. Which provider sends your texts?\n\n"
        count = f"{self._provider_index + 1} of {len(self._account_setup.providers)}"
        can_change = self._step.can_change
        hints = [hint for action, hint in SETUP_HINTS.items() if self.check_action(action, ())]
        self.header.update(
            Content.assemble(
                welcome if self._is_first else "",
                ("Provider  ", MUTED_STYLE),
                (f"{self._provider.title}", "bold"),
                (f"  ({count}{', F2' if can_change else ''})\n", MUTED_STYLE),
                ("Secret    ", MUTED_STYLE),
                f"stored {self._secret_location.value}",
                ("  (F4)" if can_change else "", MUTED_STYLE),
            )
        )
        result = Content.styled(f"{text}\n", "$text-error" if is_error else "$text-success")
        self.status_line.update(
            Content.assemble(result if text else "", (self._step.value, "bold"))
        )
        self.show_hints(" · ".join(hints))
        # A result is at the end, what F2 and F4 change at the beginning of a text that grows.
        scroll = self.dialog.scroll_home if at_top else self.dialog.scroll_end
        self.call_after_refresh(scroll, animate=False)

    @property
    def _typed_account(self) -> NewAccount:
        """Return the account as it is typed."""
        return NewAccount(
            self._provider,
            self._get_field("name").value.strip(),
            self._get_field("key").value.strip(),
            self._get_field("secret").value.strip(),
            self._get_field("url").value.strip().rstrip("/"),
            self._secret_location,
            {
                need.name: typed
                for need in list_secret_fields(self._provider)
                if (typed := self._get_field(need.name).value.strip())
            },
            self._get_field("region").value.strip().upper(),
        )

    def _show_problem(self, text: str, field: str) -> None:
        """Show what is wrong, with the focus where it can be put right."""
        self._show_step(text, is_error=True)
        fields = {need.name for need in list_secret_fields(self._provider)}
        if field in fields | {"name", "key", "secret", "url", "region"}:
            self._get_field(field).focus(scroll_visible=False)

    @on(Input.Changed)
    def _reset_test(self) -> None:
        """Discard the result of the test after a change."""
        if self._step in (SetupStep.PROVEN, SetupStep.ASKING):
            # An answer about the old values must not count for the new ones.
            self.workers.cancel_group(self, "enrol")
            self._step = SetupStep.TYPING
            self._show_step()

    @on(Input.Submitted)
    def _take_next_step(self) -> None:
        """Test, save or leave, according to the current step."""
        match self._step:
            case SetupStep.TYPING:
                self._test_account()
            case SetupStep.PROVEN:
                self._save_account()
            case SetupStep.DONE:
                self.dismiss(None)
            case SetupStep.BY_HAND:
                self.app.exit(0)

    @work(exclusive=True, group="enrol", exit_on_error=False)
    async def _test_account(self) -> None:
        """Test the credentials with the provider."""
        typed = self._typed_account
        if wrong := typed.find_problem():
            self._show_problem(wrong.text, wrong.field)
            return
        self._step = SetupStep.ASKING
        self._show_step()
        try:
            answer = await self._account_setup.check(typed)
        except AccountSetupError as problem:
            self._step = SetupStep.TYPING
            text = f"{one_line(str(problem), 300)} · F5 saves without a test"
            self._show_problem(text, problem.field)
            return
        self._step = SetupStep.PROVEN
        self._show_step(one_line(answer, 200))

    @work(exclusive=True, group="enrol", exit_on_error=False)
    async def _save_account(self) -> None:
        """Save the account."""
        self._step = SetupStep.SAVING
        self._show_step()
        try:
            lines = await self._account_setup.save(self._typed_account)
        except AccountSetupError as problem:
            self._step = SetupStep.TYPING
            self._show_problem(one_line(str(problem), 300), problem.field)
            return
        self.app.post_message(SettingsSaved())
        list_addresses = self._account_setup.list_addresses
        self._addresses = await list_addresses(self._typed_account.name) if list_addresses else ()
        self._step = SetupStep.BY_HAND if lines else SetupStep.DONE
        saved = f"Saved in {one_line(self._account_setup.settings_path, 200)}"
        more = list_setup_lines(self._addresses)
        self._show_step("\n".join([saved, *(one_line(line, 200) for line in lines), *more]))

    def action_copy_address(self) -> None:
        """Copy the next address or template to the clipboard, after the account was saved."""
        texts = list_copied_texts(self._addresses)
        if texts:
            place = self._copied % len(texts)
            self._copied += 1
            self.app.copy_to_clipboard(texts[place])
            self.show_answer(f"Copied {place + 1} of {len(texts)} · F6 copies the next address")

    def action_scroll_page(self, direction: int) -> None:
        """Scroll the page, which can be longer than the screen once it shows addresses.

        Args:
            direction: 1 for down, -1 for up.
        """
        self.dialog.scroll_relative(y=direction * (self.dialog.size.height - 2), animate=False)

    def action_kind(self) -> None:
        """Switch to the next provider."""
        self._provider_index = (self._provider_index + 1) % len(self._account_setup.providers)
        self._step = SetupStep.TYPING
        self._show_provider()

    def action_keep(self) -> None:
        """Switch to the next location of the secret; a passed test stays valid."""
        places = list(SecretLocation)
        self._secret_location = places[(places.index(self._secret_location) + 1) % len(places)]
        self._show_step(at_top=True)

    def action_save_unproven(self) -> None:
        """Save although the provider could not be reached or rejected the credentials."""
        wrong = self._typed_account.find_problem()
        if wrong:
            self._show_problem(wrong.text, wrong.field)
        else:
            self._save_account()

    def action_demo(self) -> None:
        """Open the demo with made-up customers instead."""
        self.app.exit(ExitAction.DEMO)
