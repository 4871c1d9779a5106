"""Texts to many: all of them, and one with what became of each person, to work from."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.desk.actions import ConversationActions
from tui.desk.bulk_actions import BulkActions
from tui.desk.bulk_retry import format_left_out, format_result, retry_batch
from tui.desk.bulk_words import (
    format_bulk_line,
    format_progress,
    format_recipient_outcome,
    format_recipient_title,
    sort_recipients,
)
from tui.desk.context import AppContext
from tui.domain.bulk_text import BulkRecipient, BulkText, Outcome
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice, Choices
from tui.store.store import Store

_MOST_TEXTS = 200
_REFRESH_SECONDS = 0.25
"""Seconds between two looks while texts go out: each of them is a change."""
_LAST = 100_000


class _BulkDialog(DialogScreen[int | None]):
    """List that follows the store; a subclass reads its lines."""

    DEFAULT_CSS = """
    _BulkDialog .dialog { width: 100; height: 90%; padding: 0 1; }
    _BulkDialog Choices { height: 1fr; background: $surface; }
    _BulkDialog Choices > .choice--none { color: $text-muted; }
    _BulkDialog Choices > .choice--detail { color: $text-muted; }
    _BulkDialog #progress { height: auto; max-height: 4; }
    _BulkDialog #said { height: auto; min-height: 1; max-height: 3; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("home", f"move(-{_LAST})", "First"),
        Binding("end,G", f"move({_LAST})", "Last"),
        Binding("enter", "open", "Open"),
        Binding("p", "pause", "Pause or resume"),
        Binding("d", "cancel", "Cancel what was not sent"),
    ]
    NAME: ClassVar[str] = ""
    HINTS: ClassVar[str] = ""
    EMPTY_TEXT: ClassVar[str] = ""
    choices = getters.query_one(Choices)
    progress = getters.query_one("#progress", Static)
    status_line = getters.query_one("#said", Static)

    def __init__(self, store: Store, app_context: AppContext, actions: ConversationActions) -> None:
        """Create the list.

        Args:
            store: Store shared by all agents.
            app_context: Agent, clock and preferences.
            actions: Queues messages again, and remembers how to undo that.
        """
        super().__init__()
        self.store = store
        self.app_context = app_context
        self.actions = actions
        self.bulk_actions = BulkActions(store, app_context, actions.remember_undo)
        self._is_outdated = False

    def compose(self) -> ComposeResult:
        """Yield the progress, the list and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title, dialog.border_subtitle = self.NAME, self.HINTS
            yield Static(id="progress")
            yield Choices(self.EMPTY_TEXT, ascii=self.app_context.ascii)
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Read and show the lines, and again while they change."""
        await self.reload()
        self.set_interval(_REFRESH_SECONDS, self._reload_if_outdated)

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Read the lines again soon if texts or messages have changed."""
        watched = {Subject.BULK_TEXT, Subject.MESSAGE}
        self._is_outdated |= any(one == RELOAD or one.subject in watched for one in changes)

    async def _reload_if_outdated(self) -> None:
        """Read the lines again if anything has changed."""
        if self._is_outdated:
            await self.reload()

    @report_store_errors
    async def reload(self) -> None:
        """Read the lines again and show them."""
        self._is_outdated = False
        lines = await self.read_lines()
        await self.choices.replace_choices(lines)

    async def read_lines(self) -> list[Choice]:
        """Return the lines of the list."""
        raise NotImplementedError

    def get_bulk_id(self) -> int:
        """Return the text that the keys are about; 0 for none."""
        raise NotImplementedError

    def show_status(self, text: str) -> None:
        """Show a text in the status line.

        Args:
            text: One line.
        """
        self.status_line.update(Content(one_line(text, 200)))

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    @report_store_errors
    async def action_pause(self) -> None:
        """Pause the text, or resume it."""
        if bulk_id := self.get_bulk_id():
            self.show_status(await self.bulk_actions.toggle_pause(bulk_id))
            await self.reload()

    @report_store_errors
    async def action_cancel(self) -> None:
        """Cancel what was not sent yet."""
        if bulk_id := self.get_bulk_id():
            self.show_status(await self.bulk_actions.cancel(bulk_id))
            await self.reload()


class BulkTextsScreen(_BulkDialog):
    """All texts to many, newest first; return the conversation to open, or None."""

    NAME = "Texts to many"
    HINTS = "Enter shows who got it · p pauses · d cancels · Esc closes"
    EMPTY_TEXT = "None yet: x selects conversations, r then writes to all of them."

    async def read_lines(self) -> list[Choice]:
        """Return one line for each text."""
        found = await self.store.bulk_texts.list_newest(_MOST_TEXTS)
        counts = await self.store.bulk_texts.count_outcomes([bulk.id for bulk in found])
        now, zone = self.app_context.clock.now(), self.app_context.zone
        return [
            Choice(str(bulk.id), format_bulk_line(bulk, counts[bulk.id], now, zone))
            for bulk in found
        ]

    def get_bulk_id(self) -> int:
        """Return the text under the cursor; 0 for none."""
        row = self.choices.current_row
        return int(row.value) if row is not None else 0

    def action_open(self) -> None:
        """Show who got the text under the cursor."""
        if bulk_id := self.get_bulk_id():
            screen = BulkTextScreen(self.store, self.app_context, self.actions, bulk_id)
            self.app.push_screen(screen, self._close_with)

    def _close_with(self, conversation_id: int | None) -> None:
        """Close with the conversation that was chosen below."""
        if conversation_id is not None:
            self.dismiss(conversation_id)


class BulkTextScreen(_BulkDialog):
    """One text to many and its people; return the conversation to open, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("R", "retry", "Send failed ones again")]
    NAME = "Text to many"
    HINTS = "Enter opens · R retries failed · p pauses · d cancels · Esc closes"
    EMPTY_TEXT = "No one gets it."

    def __init__(
        self, store: Store, app_context: AppContext, actions: ConversationActions, bulk_id: int
    ) -> None:
        """Create the list.

        Args:
            store: Store shared by all agents.
            app_context: Agent, clock and preferences.
            actions: Queues messages again, and remembers how to undo that.
            bulk_id: Text to show.
        """
        super().__init__(store, app_context, actions)
        self._bulk_id = bulk_id
        self._recipients: dict[str, BulkRecipient] = {}

    def get_bulk_id(self) -> int:
        """Return the text that is shown."""
        return self._bulk_id

    async def read_lines(self) -> list[Choice]:
        """Return one line for each person, those first that need work."""
        bulk = await self.store.bulk_texts.get(self._bulk_id)
        found = sort_recipients(await self.store.bulk_texts.list_recipients(self._bulk_id))
        self._recipients = {one.party: one for one in found}
        if bulk is not None:
            self._show_progress(bulk, Counter(one.outcome for one in found))
        now, zone = self.app_context.clock.now(), self.app_context.zone
        return [
            Choice(one.party, format_recipient_title(one), format_recipient_outcome(one, now, zone))
            for one in found
        ]

    def _show_progress(self, bulk: BulkText, counts: Counter[Outcome]) -> None:
        """Show how far the text is, and its beginning."""
        progress = Content.styled(format_progress(bulk, counts), "bold")
        author = f"{one_line(bulk.agent, 20)}: {one_line(bulk.body, 160)}"
        self.progress.update(Content("\n").join([progress, Content(author)]))

    def action_open(self) -> None:
        """Close, and open the conversation under the cursor."""
        row = self.choices.current_row
        recipient = self._recipients.get(row.value) if row is not None else None
        if recipient is None:
            return
        if recipient.conversation_id:
            self.dismiss(recipient.conversation_id)
        else:
            self.show_status("No conversation yet: it begins with the text")

    @report_store_errors
    async def action_retry(self) -> None:
        """Send the failed texts again, each checked as if it were sent alone."""
        listed = await self.store.bulk_texts.list_recipients(self._bulk_id)
        batch = await self.bulk_actions.collect_retry(listed)
        if not batch.to_retry:
            left_out = format_left_out(batch.left_out, "M")
            self.show_status(left_out or "Nothing has failed here")
            return
        result = await retry_batch(
            *(self.store, self.app_context, self.actions, batch), lambda done, total: None
        )
        if result.sent:
            self.actions.outgoing.register_batch_undo(result.sent)
        self.show_status(format_result(result, "M"))
        await self.reload()
