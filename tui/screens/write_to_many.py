"""Write one text to many people: preview of three, who is left out, one confirmation."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.bulk_plan import BulkOptions, BulkPlan, BulkTarget, plan_bulk
from tui.desk.bulk_words import (
    format_confirmation,
    format_left_out,
    format_options,
    format_totals,
    list_previews,
)
from tui.desk.composer_hints import format_length
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE
from tui.domain.bulk_text import NightChoice
from tui.domain.sms import count_parts, to_gsm
from tui.domain.templates import CannedReply
from tui.domain.text import format_count, one_line, to_printable
from tui.domain.typed_text import is_blank_text
from tui.screens.base import FormScreen, report_store_errors
from tui.store.store import Store
from tui.widgets.composer import Composer

_COMMANDS = ("send", "new_line", "canned", "to_gsm")
_QUICK = 50
"""People up to whom the plan follows every key; more are planned when the agent pauses."""
_PAUSE_SECONDS = 0.3
_NIGHT_ORDER = tuple(NightChoice)


class WriteToManyScreen(FormScreen[BulkPlan | None]):
    """Return the plan that the agent has confirmed, or None if nothing is sent."""

    DEFAULT_CSS = """
    WriteToManyScreen .dialog { width: 90; height: 90%; padding: 0 1; }
    WriteToManyScreen Composer { height: 5; min-height: 3; }
    WriteToManyScreen VerticalScroll { height: 1fr; border-top: solid $border; }
    WriteToManyScreen #next { height: auto; max-height: 3; text-style: bold; }
    """
    UNSAVED_HINT = "Nothing was sent · Esc again discards the text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Send"),
        Binding("n", "change_night", "Quiet hours"),
        Binding("s", "change_again", "The same text again"),
        Binding("pagedown", "scroll_plan(1)", "Down", priority=True),
        Binding("pageup", "scroll_plan(-1)", "Up", priority=True),
    ]
    composer = getters.query_one(Composer)
    plan_text = getters.query_one("#plan", Static)
    next_line = getters.query_one("#next", Static)
    page = getters.query_one(VerticalScroll)

    def __init__(
        self, store: Store, app_context: AppContext, targets: Sequence[BulkTarget]
    ) -> None:
        """Create the screen.

        Args:
            store: Store shared by all agents.
            app_context: Agent, clock and preferences.
            targets: People to write to.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._targets = targets
        self._plan = BulkPlan("", BulkOptions())
        self._is_reviewing = False
        self.can_confirm = False
        """Whether the confirmation is on the screen, so that a key can mean it."""

    def compose(self) -> ComposeResult:
        """Yield the text field, the plan, and what the next Enter does."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = f"Write to {format_count(len(self._targets), 'conversation')}"
            composer = Composer(self._list_keys())
            composer.placeholder = "The text; {first_name} is filled for each person"
            yield composer
            with VerticalScroll(can_focus=False):
                yield Static(id="plan")
            yield Static(id="next")

    def _list_keys(self) -> dict[str, str]:
        """Return the commands of the composer that work here, by their keys."""
        commands = [one for one in self._app_context.commands if one.id in _COMMANDS]
        return {
            key: "review" if command.id == "send" else command.id
            for command in commands
            for key in command.keys
        }

    def on_mount(self) -> None:
        """Begin to write."""
        super().on_mount()
        self.composer.focus()
        self._show_keys()
        self._follow_text()

    def _show_keys(self) -> None:
        """Show the keys of writing, or those of the review that do something there."""
        if not self._is_reviewing:
            self.show_hints("Enter shows what is sent · F2 canned reply · Esc leaves")
            return
        keys = ["Enter sends"] if self._plan.going else []
        keys += ["n quiet hours"] if self._plan.in_quiet_hours else []
        keys += ["s same text"] if self._plan.with_same_text else []
        self.show_hints(" · ".join([*keys, "Esc back to the text"]))

    # Writing --------------------------------------------------------------------------------

    @on(Composer.Typed)
    def _follow_text(self) -> None:
        """Plan again for the text as it is now."""
        self.run_worker(self._replan_soon(), group="plan", exclusive=True, exit_on_error=False)

    async def _replan_soon(self) -> None:
        """Plan again, after a pause in typing where it takes long."""
        if len(self._targets) > _QUICK:
            await asyncio.sleep(_PAUSE_SECONDS)
        await self._replan()

    @report_store_errors
    async def _replan(self) -> None:
        """Plan the text as it is now, and show the plan."""
        context = self._app_context
        self._plan = await plan_bulk(
            *(self._store, context.preferences, self._targets, self.composer.text),
            *(self._plan.options, context.clock.now(), context.zone),
        )
        self._show_plan()
        if self._is_reviewing:
            self._show_keys()

    @on(Composer.Pressed)
    async def _run_command(self, event: Composer.Pressed) -> None:
        """Run a command of the composer."""
        event.stop()
        if event.command_id == "review":
            await self._begin_review()
        elif event.command_id == "canned":
            await self._pick_canned_reply()
        elif event.command_id == "to_gsm":
            replacement = to_gsm(self.composer.text)
            if replacement is not None:
                self.composer.replace_text(replacement.text)

    @on(Composer.Left)
    def _leave_composer(self, event: Composer.Left) -> None:
        """Leave as with the key of the dialog."""
        event.stop()
        self.action_leave()

    @report_store_errors
    async def _pick_canned_reply(self) -> None:
        """Insert a canned reply with its fields, which are filled for each person."""
        from tui.screens.pick_canned_reply import PickCannedReplyScreen

        def insert_chosen(reply: CannedReply | None) -> None:
            if reply is not None:
                self.composer.insert(reply.body)
                self.composer.focus()

        replies = await self._store.templates.list_in_order(self._app_context.agent)
        self.app.push_screen(PickCannedReplyScreen(replies, {}), insert_chosen)

    # Review ---------------------------------------------------------------------------------

    async def _begin_review(self) -> None:
        """Show what the next Enter sends; the text stays as it is until Esc."""
        if is_blank_text(self.composer.text):
            self.show_answer("Write the text first")
            return
        self.workers.cancel_group(self, "plan")
        self._is_reviewing = True
        self.composer.disabled = True
        self.set_focus(None)
        await self._replan()
        # Not before it is painted: a second Enter of the same burst must not send unseen.
        self.call_after_refresh(self._allow_confirmation)

    def _allow_confirmation(self) -> None:
        """Let Enter send what is shown."""
        self.can_confirm = self._is_reviewing

    def action_leave(self) -> None:
        """Go back to the text; there, close the dialog."""
        if not self._is_reviewing:
            super().action_leave()
            return
        self._is_reviewing = self.can_confirm = False
        self.composer.disabled = False
        self.composer.focus()
        self._show_keys()
        self._show_plan()

    def action_confirm(self) -> None:
        """Send what is shown."""
        if self.can_confirm and self._plan.going:
            self.dismiss(self._plan)

    async def action_change_night(self) -> None:
        """Choose something else for people in quiet hours."""
        if self._is_reviewing and self._plan.in_quiet_hours:
            place = _NIGHT_ORDER.index(self._plan.options.night) + 1
            await self._change_options(night=_NIGHT_ORDER[place % len(_NIGHT_ORDER)])

    async def action_change_again(self) -> None:
        """Choose whether those get it who got the same text within a day."""
        if self._is_reviewing and self._plan.with_same_text:
            await self._change_options(again=not self._plan.options.again)

    async def _change_options(self, **changes: object) -> None:
        """Plan again with other choices."""
        options = replace(self._plan.options, **changes)  # type: ignore[arg-type]
        self._plan = replace(self._plan, options=options)
        await self._replan()

    def action_scroll_plan(self, pages: int) -> None:
        """Scroll the plan.

        Args:
            pages: Number of pages; negative scrolls up.
        """
        self.page.scroll_relative(y=pages * max(1, self.page.size.height - 1), animate=False)

    # Showing --------------------------------------------------------------------------------

    def show_status(self, text: str) -> None:
        """Show an error on the lower border.

        Args:
            text: One line.
        """
        self.show_answer(text)

    def _show_plan(self) -> None:
        """Show the plan, and what the next Enter does."""
        plan, context = self._plan, self._app_context
        if not self.is_mounted:
            return
        if self._is_reviewing:
            self._show_keys()
        lines: list[Content] = []
        for one in list_previews(plan):
            body = to_printable(one.recipient.body, limit=400)
            length = format_length(count_parts(one.recipient.body))
            heading = f"{one.title} through {one_line(one.recipient.account, 20)} · {length}"
            lines += [Content.styled(heading, MUTED_STYLE), Content(body)]
        if plan.going:
            totals = format_totals(plan, context.preferences.bulk_per_minute)
            lines += [Content(""), Content.styled(totals, "bold")]
        lines += [Content.styled(line, "$text-warning") for line in format_options(plan, "n", "s")]
        if left_out := format_left_out(plan):
            lines.append(Content.styled(left_out, "$text-warning"))
        lines += [
            Content.styled(f"  {one.title}: {one_line(one.recipient.reason, 60)}", MUTED_STYLE)
            for one in plan.people
            if not one.is_going
        ]
        self.plan_text.update(Content("\n").join(lines))
        key = "Enter" if self._is_reviewing else "Enter twice"
        now = context.clock.now()
        self.next_line.update(Content(format_confirmation(plan, key, now, context.zone)))
