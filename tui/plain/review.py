"""Review a reply before it is sent: show it with all objections, and send it on confirmation."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from tui.desk import format
from tui.desk.composer_hints import (
    format_changes,
    format_enclosed,
    format_hints,
    format_length,
    format_limit,
    format_saving,
    list_sent_forms,
)
from tui.desk.merging import format_recipient
from tui.desk.routes import (
    Route,
    SendPlan,
    describe_route_change,
    format_plan_time,
    format_route,
    format_route_detail,
    list_routes,
)
from tui.desk.send_attempt import ChangedElsewhereError, NotSentError
from tui.domain.conversation import Conversation
from tui.domain.message import NO_MMS_CONTENT, Message, MmsContent
from tui.domain.opt_out_sentence import describe_addition
from tui.domain.sms import count_parts, to_gsm
from tui.domain.text import one_line, to_printable
from tui.plain.ask_when import ask_plan
from tui.plain.canned import ask_open_fields, ask_pictures
from tui.plain.reading import show_new_messages
from tui.plain.session import PLAIN_KEYS, PlainSession

Choice = tuple[str, Callable[[], Awaitable[None]]]
"""Description of a choice, and the function that does it."""
_FULL_ANSWERS = {"yes": "y", "no": "n"}
_DROP_PLAN = "0"
"""Answer that drops the time for which a reply is planned."""


class ReplyReview:
    """Review of one reply to one customer."""

    def __init__(self, session: PlainSession, row: Conversation, text: str) -> None:
        """Create the review of a reply; route and pictures come from the session.

        Args:
            session: State of this agent's line-mode session.
            row: Conversation to reply to.
            text: Text of the reply.
        """
        self._session = session
        self._dialog = session.dialog
        self._row = row
        self._text = text
        self._done = False
        self._last_shown: tuple[Route, str, MmsContent] | None = None
        """Route, text and pictures that were shown last."""
        self._seen_messages: list[Message] = []
        """Messages that arrived while the agent wrote, and were shown."""

    async def run_review(self) -> None:
        """Show what would be sent and apply the agent's choices until it is sent or saved."""
        self._text = await ask_open_fields(self._session, self._text)
        self._save_draft()
        while not self._done:
            stopped = await self._show_changes()
            choices = self._list_choices(stopped)
            options = ", ".join(f"{key} {description}" for key, (description, _) in choices.items())
            question = "Change it" if stopped else "Send"
            typed = await self._dialog.ask_line(f"{self._format_length()}. {question}? {options}: ")
            answer = typed.strip().lower()
            chosen = choices.get(_FULL_ANSWERS.get(answer, answer))
            if chosen is None:
                self._dialog.write_line(f"Type one of {' '.join(choices)}.")
            else:
                await chosen[1]()

    def _list_choices(self, stopped: bool) -> dict[str, Choice]:
        """Return the possible choices by their keys."""
        session = self._session
        choices: dict[str, Choice] = {}
        plan = session.compose.plan
        if not stopped and plan is None:
            choices[PLAIN_KEYS["send"]] = ("sends", self._send_reply)
            choices[PLAIN_KEYS["send_close"]] = ("sends and closes", self._send_and_close)
            choices[PLAIN_KEYS["schedule"]] = ("sends later", self._schedule_reply)
        elif plan is not None:
            choices |= self._list_plan_choices(plan, stopped)
        if len(list_routes(session.context.accounts, "")) > 1:
            choices[PLAIN_KEYS["account"]] = ("other route", self._choose_route)
        if session.compose.enclosed or self._current_route.account.can_send_pictures:
            choices[PLAIN_KEYS["pictures"]] = ("pictures", self._edit_pictures)
        if to_gsm(self._text) is not None:
            choices[PLAIN_KEYS["to_gsm"]] = ("plain characters", self._replace_marks)
        if len(list_sent_forms(self._sent_text, self._current_route)) > 1:
            choices[PLAIN_KEYS["preview"]] = ("shows how it may arrive", self._show_sent_forms)
        choices["n"] = ("keeps it as a draft", self._leave_draft)
        choices["!"] = ("discards it", self._discard_draft)
        return choices

    def _list_plan_choices(self, plan: SendPlan, stopped: bool) -> dict[str, Choice]:
        """Return the choices for a reply that is planned for a time."""
        choices: dict[str, Choice] = {}
        if not stopped:
            action = f"schedules for {self._format_plan(plan)}"
            choices[PLAIN_KEYS["send"]] = (action, self._send_reply)
            choices[PLAIN_KEYS["send_close"]] = ("schedules and closes", self._send_and_close)
        choices[PLAIN_KEYS["schedule"]] = ("another time", self._schedule_reply)
        choices[_DROP_PLAN] = ("drops the time, to send at once", self._drop_plan)
        return choices

    def _format_plan(self, plan: SendPlan) -> str:
        """Return when a planned message is sent."""
        context = self._session.context
        return format_plan_time(plan, context.clock.now(), context.zone)

    @property
    def _current_route(self) -> Route:
        """Return the route of the reply."""
        assert self._session.compose.route is not None
        return self._session.compose.route

    # Showing --------------------------------------------------------------------------------

    async def _show_changes(self) -> bool:
        """Show changes and objections; return whether sending is blocked.

        An unchanged text is not shown twice.
        """
        session = self._session
        self._seen_messages += await show_new_messages(session)
        shown = (self._current_route, self._text, session.compose.enclosed)
        if shown != self._last_shown:
            self._last_shown = shown
            self._show_reply()
        return self._show_objection()

    def _show_reply(self) -> None:
        """Show the route, the text, and hints about it."""
        number = format_recipient(self._row).removeprefix("to ")
        self._dialog.write_line(
            f"To {format.format_title(self._row)}{f' at {number}' if number else ''} through"
            f" {one_line(self._current_route.summary, 100)}:"
        )
        self._dialog.write_line(to_printable(self._text))
        added = describe_addition(self._text, self._sent_text)
        if added:
            self._dialog.write_line(f"{added[:1].upper()}{added[1:]}.")
        hints = format_hints(
            self._text, self._session.compose.enclosed, self._current_route, PLAIN_KEYS["to_gsm"]
        )
        if hints:
            self._dialog.write_line(f"{one_line(hints, 300)}.")

    def _show_objection(self) -> bool:
        """Show an objection to sending, once; return whether sending is blocked."""
        text = self._find_objection()
        if text:
            self._dialog.write_line(f"{text}.")
        # A warning is returned only once, so an objection that remains blocks sending.
        return bool(text) and bool(self._find_objection())

    def _find_objection(self) -> str:
        """Return an objection that was not shown yet, or an empty text."""
        submit = self._session.submit
        # The prompt lists closing as well, so one answer to the question counts for both.
        intent = submit.build_intent(self._row, self._text)
        return submit.find_objection(self._row, intent, self._seen_messages)

    @property
    def _sent_text(self) -> str:
        """Return the text with what is added to it."""
        return self._session.compose.complete_text(self._text, self._row)

    def _format_length(self) -> str:
        """Return the length of the text as SMS."""
        text, capabilities = self._sent_text, self._current_route.account.capabilities
        has_whole_parts = capabilities is not None and capabilities.has_whole_160_parts
        _, *parts = format_length(count_parts(text), whole_parts=has_whole_parts).split(" · ")
        length = len(text)
        parts += filter(None, [format_limit(text, capabilities)])
        return ", ".join([f"{length} character{'s' if length != 1 else ''}", *parts])

    # Actions --------------------------------------------------------------------------------

    async def _send_reply(self, *, close: bool = False) -> None:
        """Queue the reply, unless an unseen message arrived or sending is blocked."""
        session = self._session
        intent = session.submit.build_intent(self._row, self._text)
        try:
            sent = await session.submit.queue_reply(self._row, intent, self._seen_messages)
        except NotSentError as problem:
            self._dialog.write_line(f"{one_line(str(problem), 300)}.")
            self._done = (await session.refresh_conversation()).opted_out
            if isinstance(problem, ChangedElsewhereError):
                self._text = await session.compose.read_draft(self._row.id, note=False)
                self._done = self._done or not self._text
            return
        self._done = True
        session.compose.finish_reply(self._row.id, "")
        if not close:
            session.report_sent(sent)
            return
        text, is_closed = await session.actions.close_after_sending(sent)
        session.report_sent(sent, closed=text if is_closed else "", is_undo_registered=True)
        if not is_closed:
            self._dialog.write_line(f"{text}.")

    async def _send_and_close(self) -> None:
        """Send the reply, then close the conversation."""
        await self._send_reply(close=True)

    async def _schedule_reply(self) -> None:
        """Ask for a time, and queue the reply for then."""
        plan = await ask_plan(self._session, self._row, self._current_route)
        if plan is None:
            return
        # The plan stays with the text, whatever is refused or asked from now on.
        self._set_intent(plan=plan)
        if not self._show_objection() and await self._dialog.ask_yes_no("Send it then?"):
            await self._send_reply()

    async def _drop_plan(self) -> None:
        """Drop the time for which the reply was planned."""
        self._set_intent(plan=None)
        self._dialog.write_line("No time is planned any more.")

    def _set_intent(self, **changes: Any) -> None:
        """Change what is sent besides the text, and save it with the draft.

        Args:
            **changes: Fields of the intent.
        """
        compose = self._session.compose
        compose.intent = replace(compose.intent, **changes)
        self._save_draft()

    async def _choose_route(self) -> None:
        """Let the agent choose account and sender."""
        routes = list_routes(self._session.context.accounts, "")
        names = [f"{format_route(route)}, {format_route_detail(route, '')}" for route in routes]
        place = await self._dialog.choose_item("Routes", names)
        if place is not None and routes[place] == self._current_route:
            self._dialog.write_line("That is the current route.")
        elif place is not None:
            old = self._current_route
            self._set_intent(route=routes[place])
            self._dialog.write_line(f"{describe_route_change(old, self._current_route)}.")

    async def _edit_pictures(self) -> None:
        """Ask for the URLs of pictures."""
        enclosed = await ask_pictures(self._dialog, self._session.compose.enclosed)
        self._set_intent(enclosed=enclosed)
        self._dialog.write_line(
            f"{format_enclosed(self._session.compose.enclosed) or 'No pictures'}."
        )

    async def _replace_marks(self) -> None:
        """Replace the marks that make the text longer."""
        replacement = to_gsm(self._text)
        if replacement is not None:
            self._text = replacement.text
            self._save_draft()
            self._dialog.write_line(
                f"Replaced {format_changes(replacement)} ({format_saving(replacement)})."
            )

    async def _show_sent_forms(self) -> None:
        """Show the text as typed and as the provider may rewrite it."""
        for heading, text in list_sent_forms(self._sent_text, self._current_route):
            self._dialog.write_line(f"{one_line(heading, 200)}:")
            self._dialog.write_line(to_printable(text))

    async def _leave_draft(self) -> None:
        """Stop without sending; the draft stays."""
        self._done = True
        self._dialog.write_line("Not sent: kept as a draft. r goes on with it.")

    async def _discard_draft(self) -> None:
        """Discard the draft and its pictures."""
        self._done, self._text = True, ""
        self._set_intent(enclosed=NO_MMS_CONTENT, plan=None)
        self._dialog.write_line("Discarded: nothing was sent.")

    def _save_draft(self) -> None:
        """Save the draft."""
        self._session.compose.save_draft(self._row.id, self._text, note=False)
