"""Show what a helper suggests, in the place of the composer, until the agent decides about it.

The composer and its draft stay untouched below it. So nothing that is shown here can be sent:
Enter only puts it into the composer.
"""

from dataclasses import dataclass

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message as Event
from textual.widget import Widget
from textual.widgets import Static, TextArea

from tui.desk.assist import Wish
from tui.desk.helper_program import ANSWER_LENGTH, HelperAnswer, HelperProgram
from tui.domain.conversation import Conversation, Draft
from tui.domain.text import one_line, to_printable
from tui.domain.typed_text import is_blank_text
from tui.widgets.status_messages import StoreReader
from tui.widgets.writing_pane import WritingPane

_STAYS_WRITING = "The helper is still writing: wait for its end, or Esc stops it"
_HOW_TO_DECIDE = "Nothing types here: Enter keeps the suggestion, Esc discards it"
_LEFT = "The suggestion is discarded, as you have left it: your own text is as it was"
_DISCARDED = "Discarded: your own text is as it was"
_TEXT_KEYS = frozenset({"tab", "shift+tab", "backspace", "delete", "space", "ctrl+j", "alt+enter"})
"""Keys of a text that type no character; they must not run commands from here."""


class SuggestionView(StoreReader, Vertical):
    """Ask the helper, show its answer as it comes, and take Enter or Esc."""

    DEFAULT_CSS = """
    SuggestionView {
        height: auto; max-height: 10; padding: 0 1; background: $success-muted;
    }
    SuggestionView #suggestion-title { color: $text-success; text-style: bold; }
    SuggestionView #suggestion-text {
        height: auto; max-height: 8; background: $success-muted; color: $foreground;
    }
    SuggestionView #suggestion-text Static { height: auto; }
    """
    title = getters.query_one("#suggestion-title", Static)
    scroll = getters.query_one("#suggestion-text", VerticalScroll)
    body = getters.query_one("#suggestion-body", Static)

    @dataclass
    class Kept(Event):
        """The agent wants the text in the composer."""

        text: str
        wish: Wish
        force: bool = False
        """Whether the compose lock is taken from a colleague."""

    @dataclass
    class Closed(Event):
        """There is no suggestion any more."""

        reason: str
        """What to show the agent."""
        takes_focus: bool = True
        """Whether the focus goes back to where it was."""

    def __init__(
        self, program: HelperProgram, wish: Wish, request: str, *, take_over_key: str = ""
    ) -> None:
        """Create the view; it asks the helper when it is mounted.

        Args:
            program: The helper.
            wish: What it is asked for.
            request: Its standard input.
            take_over_key: Character that keeps it although a colleague writes; empty for none.
        """
        super().__init__(id="suggestion")
        self._take_over_key = take_over_key
        self._program = program
        self._wish = wish
        self._request = request
        self._answer: HelperAnswer | None = None
        """Complete answer; None while the helper writes."""
        self._text = ""

    def compose(self) -> ComposeResult:
        """Yield the title, which says what Enter does, and the text."""
        yield Static(id="suggestion-title")
        with VerticalScroll(id="suggestion-text"):
            yield Static(id="suggestion-body")

    def on_mount(self) -> None:
        """Take the focus and ask the helper."""
        self._update_title()
        self.scroll.focus()
        self.run_worker(self._ask_helper(), group="assist", exit_on_error=False)

    async def _ask_helper(self) -> None:
        """Run the helper to its end; removing this view cancels it, which kills the helper."""
        answer = await self._program.run(self._request, self._show_text)
        if answer.problem:
            self.post_message(self.Closed(f"{answer.problem} · nothing was changed"))
            return
        self._answer = answer
        self._show_text(answer.text)
        self._update_title()

    def _show_text(self, text: str) -> None:
        """Show what the helper has printed so far."""
        self._text = text
        self.body.update(Content(to_printable(text, limit=ANSWER_LENGTH)))
        if self._answer is None:
            self.scroll.scroll_end(animate=False)
        else:
            self.scroll.scroll_home(animate=False)

    def _update_title(self) -> None:
        """Show whose text it is and what Enter does."""
        name = one_line(self._program.command[0].rsplit("/", 1)[-1], 20)
        if self._answer is None:
            title = f"Suggestion of {name}, being written … · Esc stops it"
        else:
            place = "as a private note" if self._wish is Wish.TRANSLATE else "as your draft"
            cut = f" · only the first {ANSWER_LENGTH} characters" if self._answer.is_cut else ""
            title = f"Suggestion of {name}: Enter keeps it {place} · Esc discards it{cut}"
        self.title.update(Content(title))

    def on_key(self, event: events.Key) -> None:
        """Keep or discard the suggestion; no key that types runs a command from here."""
        is_text = event.is_printable or event.key in _TEXT_KEYS
        if event.key not in ("enter", "escape") and not is_text:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.post_message(self.Closed(_DISCARDED))
        elif self._answer is not None and event.character == self._take_over_key:
            self.post_message(self.Kept(self._answer.text, self._wish, force=True))
        elif event.key != "enter":
            self.show_status(_STAYS_WRITING if self._answer is None else _HOW_TO_DECIDE)
        elif self._answer is None:
            self.show_status(_STAYS_WRITING)
        else:
            self.post_message(self.Kept(self._answer.text, self._wish))

    def on_descendant_blur(self) -> None:
        """Notice that the agent goes on elsewhere."""
        self.call_later(self._close_if_left)

    def _close_if_left(self) -> None:
        """Close if another part of the same screen has the focus now."""
        # Neither a dialog above nor another window of the terminal counts as leaving.
        is_in_front = self.app.app_focus and self.app.screen is self.screen
        if is_in_front and self.screen.focused is not self.scroll and self.display:
            self.post_message(self.Closed(_LEFT, takes_focus=False))


class SuggestingPane(WritingPane):
    """Let a suggestion take the place of the composer until the agent has decided about it."""

    _suggestion: SuggestionView | None = None
    """Suggestion in the place of the composer; None for none."""
    _focus_before: Widget | None = None
    """What had the focus before the suggestion."""

    @on(TextArea.Changed)
    @on(TextArea.SelectionChanged)
    def _stop_bubbling(self, event: TextArea.Changed | TextArea.SelectionChanged) -> None:
        """Spare the widgets above a message for each character that none of them needs."""
        event.stop()

    @property
    def has_suggestion(self) -> bool:
        """Return whether a suggestion stands in the place of the composer."""
        return self._suggestion is not None

    async def read_reply_draft(self) -> str:
        """Return the newest text of the reply; "" if no conversation is open."""
        conversation = self.conversation
        if conversation is None or (self.composer.has_focus and not self.composer.note):
            return self.composer.text
        return await self.compose_state.read_draft(conversation.id, note=False)

    async def show_suggestion(self, view: SuggestionView) -> None:
        """Show a suggestion in the place of the composer, whose text stays as it is.

        Args:
            view: Suggestion that is asked for.
        """
        await self._remove_suggestion()
        self._suggestion, self._focus_before = view, self.screen.focused
        self.composer.display = False
        await self.mount(view, after=self.route_line)

    async def _remove_suggestion(self) -> None:
        """Show the composer again; a helper that still writes is killed."""
        view, self._suggestion = self._suggestion, None
        self.composer.display = True
        if view is not None:
            await view.remove()

    @on(SuggestionView.Kept)
    async def _keep_suggestion(self, event: SuggestionView.Kept) -> None:
        """Put the suggestion into the composer, to be read, changed and sent from there."""
        event.stop()
        view, conversation = self._suggestion, self.conversation
        if view is None or conversation is None:
            return
        self.composer.display, view.display = True, False
        if event.wish is Wish.TRANSLATE:
            await self.begin_note()
        elif not await self.begin_reply(force=event.force):
            self.composer.display, view.display = False, True
            view.scroll.focus()
            return
        is_empty = is_blank_text(self.composer.text)
        self.composer.replace_text(event.text)
        self.composer.move_cursor(self.composer.document.end)
        await self._remove_suggestion()
        key = self._command_keys["send"]
        does = "saves it for colleagues" if event.wish is Wish.TRANSLATE else "sends it"
        before = "" if is_empty else " · Ctrl+Z brings your own text back"
        self.show_status(f"Kept, not sent: {key} {does}{before}")

    @on(SuggestionView.Closed)
    async def _close_suggestion(self, event: SuggestionView.Closed) -> None:
        """Give the place back to the composer, and the focus to where it was."""
        event.stop()
        if self._suggestion is None:
            return
        focus = self._focus_before
        await self._remove_suggestion()
        if event.takes_focus:
            self.screen.set_focus(focus if focus is not None and focus.is_attached else None)
        self.show_status(event.reason)

    def open_conversation(self, conversation: Conversation, draft: Draft | None) -> None:
        """Show another conversation's composer; a suggestion for the one before is discarded.

        Args:
            conversation: Conversation now open.
            draft: Draft of this agent; None for none.
        """
        if self.conversation is None or self.conversation.id != conversation.id:
            self._drop_suggestion()
        super().open_conversation(conversation, draft)

    def close_conversation(self) -> None:
        """Hide the pane, as no conversation is open."""
        self._drop_suggestion()
        super().close_conversation()

    def discard_erased(self, conversation_id: int) -> None:
        """Discard what is typed or suggested for a customer who was erased, and say so.

        Args:
            conversation_id: Id of the conversation that is not there any more.
        """
        if self.composer.text:
            self.show_status("This customer was erased, and your text with it")
        self._drop_suggestion()
        self.compose_state.discard_all(conversation_id)

    def _drop_suggestion(self) -> None:
        """Remove the suggestion without waiting, as its conversation is left."""
        view, self._suggestion = self._suggestion, None
        self.composer.display = True
        if view is not None:
            view.display = False
            view.remove()
