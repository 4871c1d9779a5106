"""The set-up screen: an account is typed in, proven against its provider, and kept."""

from enum import Enum
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.text import one_line
from tui.enrol import KINDS, CannotEnrol, Enrol, Keep, Kind, NewAccount, Next
from tui.present import MUTED


class Step(Enum):
    """How far it is; any change of a field goes back to typing."""

    TYPING = "Enter asks the provider whether this is right"
    ASKING = "asking …"
    PROVEN = "Enter saves it"
    SAVING = "saving …"
    DONE = "Enter opens the inbox"
    BY_HAND = "run that line, then start smsdesk again · Enter leaves"


class SetupScreen(ModalScreen[None]):
    """Ends the app with what comes next, or is dismissed when called off."""

    DEFAULT_CSS = """
    SetupScreen .dialog { width: 76; padding: 0 2; height: auto; }
    SetupScreen Input { margin-bottom: 1; }
    SetupScreen .label { color: $text-muted; }
    SetupScreen #setup-head { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off", priority=True),
        Binding("f2", "kind", "Provider", priority=True),
        Binding("f4", "keep", "Secret", priority=True),
        Binding("f5", "save_unproven", "Save unproven", priority=True),
        Binding("f9", "demo", "Demo", priority=True),
        Binding("down", "app.focus_next", "Next field"),
        Binding("up", "app.focus_previous", "Previous field"),
    ]
    head = getters.query_one("#setup-head", Static)
    line = getters.query_one("#setup-line", Static)

    def __init__(self, enrol: Enrol, *, first: bool) -> None:
        """`first`: there is no account yet, and the demo is offered."""
        super().__init__()
        self._enrol = enrol
        self._first = first
        self._kind = 0
        self._keep = Keep.FILE
        self._step = Step.TYPING

    def compose(self) -> ComposeResult:
        """Provider and secret's place by key, the rest typed."""
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Set up smsdesk" if self._first else "Add an account"
            demo = " · F9 demo" if self._first else ""
            dialog.border_subtitle = f"F2 provider · F4 secret{demo} · Esc closes"
            yield Static(id="setup-head")
            with Vertical(id="setup-fields"):
                for name in ("name", "key", "secret", "url"):
                    yield Static(id=f"label-{name}", classes="label")
                    yield Input(id=f"setup-{name}", compact=True, password=name == "secret")
            yield Static(id="setup-line")

    def on_mount(self) -> None:
        """Begin with the first provider."""
        self.query_one("#setup-fields").styles.height = "auto"
        self._take_kind()
        self._field("key").focus()

    @property
    def _asked(self) -> Kind:
        """The provider that is asked about."""
        return KINDS[self._kind]

    def _field(self, name: str) -> Input:
        """A field by its name."""
        return self.query_one(f"#setup-{name}", Input)

    def _take_kind(self) -> None:
        """Ask in the words of the provider; name and address follow it."""
        kind = self._asked
        labels = {
            "name": "Name of the account at this desk",
            "key": kind.key,
            "secret": kind.secret,
            "url": "Address of the API" if kind.base_url else "Address of your operator's API",
        }
        for name, words in labels.items():
            self.query_one(f"#label-{name}", Static).update(words)
        self._field("name").value = kind.provider
        self._field("url").value = kind.base_url
        self._show()

    def _show(self, words: str = "", *, bad: bool = False) -> None:
        """Bring the words in line with how far it is."""
        welcome = "No account is set up yet. Which provider sends your texts?\n\n"
        self.head.update(
            Content.assemble(
                welcome if self._first else "",
                ("Provider  ", MUTED),
                (f"{self._asked.title}", "bold"),
                (f"  ({self._kind + 1} of {len(KINDS)}, F2)\n", MUTED),
                ("Secret    ", MUTED),
                f"kept {self._keep.value}",
                ("  (F4)", MUTED),
            )
        )
        said = Content.styled(f"{words}\n", "$text-error" if bad else "$text-success")
        self.line.update(Content.assemble(said if words else "", (self._step.value, "bold")))
        self.line.scroll_visible(animate=False)

    @property
    def _typed(self) -> NewAccount:
        """The fields as they are."""
        return NewAccount(
            self._asked,
            self._field("name").value.strip(),
            self._field("key").value.strip(),
            self._field("secret").value.strip(),
            self._field("url").value.strip().rstrip("/"),
            self._keep,
        )

    @on(Input.Changed)
    def _changed(self) -> None:
        """What was proven is no longer what stands there."""
        if self._step in (Step.PROVEN, Step.ASKING):
            self.workers.cancel_group(self, "enrol")
            self._step = Step.TYPING
            self._show()

    @on(Input.Submitted)
    def _entered(self) -> None:
        """The next step."""
        match self._step:
            case Step.TYPING:
                self._ask()
            case Step.PROVEN:
                self._save()
            case Step.DONE:
                self.app.exit(Next.AGAIN)
            case Step.BY_HAND:
                self.app.exit(0)

    @work(exclusive=True, group="enrol", exit_on_error=False)
    async def _ask(self) -> None:
        """Ask the provider."""
        typed = self._typed
        if typed.problem:
            self._show(typed.problem, bad=True)
            return
        self._step = Step.ASKING
        self._show()
        try:
            answer = await self._enrol.check(typed)
        except CannotEnrol as problem:
            self._step = Step.TYPING
            self._show(f"{one_line(str(problem), 300)} · F5 saves it all the same", bad=True)
            return
        self._step = Step.PROVEN
        self._show(one_line(answer, 200))

    @work(exclusive=True, group="enrol", exit_on_error=False)
    async def _save(self) -> None:
        """Keep the account."""
        self._step = Step.SAVING
        self._show()
        try:
            lines = await self._enrol.save(self._typed)
        except CannotEnrol as problem:
            self._step = Step.TYPING
            self._show(one_line(str(problem), 300), bad=True)
            return
        self._step = Step.BY_HAND if lines else Step.DONE
        saved = f"Saved in {one_line(self._enrol.place, 200)}"
        self._show("\n".join([saved, *(one_line(line, 200) for line in lines)]))

    def action_kind(self) -> None:
        """Another provider."""
        if self._step in (Step.TYPING, Step.PROVEN):
            self._kind = (self._kind + 1) % len(KINDS)
            self._step = Step.TYPING
            self._take_kind()

    def action_keep(self) -> None:
        """Another place for the secret; what is proven stays so."""
        if self._step in (Step.TYPING, Step.PROVEN):
            places = list(Keep)
            self._keep = places[(places.index(self._keep) + 1) % len(places)]
            self._show()

    def action_save_unproven(self) -> None:
        """Keep it although the provider could not be asked, or said no."""
        problem = self._typed.problem
        if problem:
            self._show(problem, bad=True)
        elif self._step in (Step.TYPING, Step.PROVEN):
            self._save()

    def action_demo(self) -> None:
        """Made-up customers in place of real ones."""
        if self._first:
            self.app.exit(Next.DEMO)
