"""Show the contact at the right of a wide screen: who the customer is, and our history together."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from textual import getters, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Static

from tui.clock import MINUTE
from tui.commands import get_first_keys
from tui.desk import format
from tui.desk.address_book import format_number
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.local_time import find_zones, format_local_times
from tui.domain.phone import find_country, format_phone_number
from tui.domain.text import one_line, to_printable
from tui.store.consent import ConsentRecord
from tui.store.contact_details import AccountTraffic, ContactDetails
from tui.store.store import Store
from tui.widgets.message_view import MessageView

_MAX_NOTE_CHARS = 1_000
_MAX_FIELDS = 20
_GATHER_SECONDS = 0.2
"""Seconds in which changes are gathered; the page is not urgent."""
_REQUESTED = "-contact"
"""CSS class of a screen where the agent opened the panel although it is hidden by default."""
_DECLINED = "-no-contact"
"""CSS class of a wide screen where the agent closed the panel."""


class _Page(Static):
    """The text of the panel; a layout that changes its size needs no second one after it."""

    virtual_size = Reactive(Size(0, 0))


class ContactPanel(VerticalScroll):
    """Show the contact of the open conversation; read the store only while visible."""

    text = getters.query_one("#contact-text", _Page)
    can_focus = False

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create an empty panel; `show_contact` fills it.

        Args:
            store: Store to read from.
            context: Settings and helpers shared by the screens.
        """
        super().__init__(id="contact")
        self._store = store
        self._app_context = context
        self._command_keys: Mapping[str, str] = get_first_keys(context.commands)
        self._conversation: Conversation | None = None
        self._read_scheduled = False
        self._details: tuple[Conversation, ContactDetails] | None = None
        """What the page shows; None for no conversation."""
        self._now = context.clock.now()
        """Time of the page: that of the clock in the first line."""
        self._shown_page = Content("")

    def compose(self) -> ComposeResult:
        """Yield the one text of the panel."""
        self.border_title = "Contact"
        yield _Page(id="contact-text")

    def on_mount(self) -> None:
        """Follow the conversation that the agent opens."""
        self.watch(
            self.screen.query_one(MessageView), "conversation", self.show_contact, init=False
        )

    def show_contact(self, conversation: Conversation | None) -> None:
        """Show the contact of another conversation, once its messages have been painted.

        Args:
            conversation: Conversation now open; None for none.
        """
        self._conversation = conversation
        self.call_after_refresh(self._read_page)

    def toggle_visibility(self) -> bool:
        """Show or hide the panel; return whether it was opened where it is hidden by default."""
        screen = self.screen
        if screen.has_class("-full"):
            screen.remove_class(_REQUESTED)
            screen.toggle_class(_DECLINED)
            return False
        screen.remove_class(_DECLINED)
        screen.toggle_class(_REQUESTED)
        return screen.has_class(_REQUESTED)

    def close_overlay(self) -> bool:
        """Close the panel if it covers the conversation; return whether it did."""
        is_covering = self.screen.has_class(_REQUESTED) and not self.screen.has_class("-full")
        self.screen.remove_class(_REQUESTED)
        return is_covering

    def on_show(self) -> None:
        """Read the page, now that it is visible."""
        self._read_page()

    def apply_changes(self, changes: Iterable[Change]) -> None:
        """Read the page again soon, once for many changes, if one of them may matter.

        Args:
            changes: Changes in the store.
        """
        if not self._read_scheduled and any(map(self._is_relevant, changes)):
            self._read_scheduled = True
            self.set_timer(_GATHER_SECONDS, self._read_gathered)

    def _is_relevant(self, change: Change) -> bool:
        """Return whether a change may alter the page; drafts and badges are not on it."""
        open_conversation = self._conversation
        if (
            change == RELOAD
            or open_conversation is None
            or change.conversation_id != open_conversation.id
        ):
            return change == RELOAD
        return change.subject is Subject.CONVERSATION or change.is_new

    def _read_gathered(self) -> None:
        """Read the page after changes have been gathered."""
        self._read_scheduled = False
        self._read_page()

    @work(exclusive=True, exit_on_error=False)
    async def _read_page(self) -> None:
        """Read and show the page; a newer call cancels this one."""
        if not self.display or self._conversation is None:
            self._details = None
            self._show_page(Content.styled("No conversation is shown", MUTED_STYLE))
            return
        fresh = await self._store.conversations.get(self._conversation.id)
        if fresh is not None:
            self._details = fresh, await self._store.contact_details.get_details(fresh)
            self._show_details()

    def refresh_clock(self, now: int) -> None:
        """Show the customer's local time of another moment; called every second.

        Args:
            now: Current time (ms UTC).
        """
        is_new_minute = now // MINUTE != self._now // MINUTE
        self._now = now
        if is_new_minute:
            self._show_details()

    def name_keys(self, keys: Mapping[str, str]) -> None:
        """Name other keys, as the agent has come to, or left, the composer.

        Args:
            keys: What to press for each command, by id.
        """
        if keys != self._command_keys:
            self._command_keys = keys
            if self.display:
                self._show_details()

    def _show_details(self) -> None:
        """Show the page with what was read last."""
        if self._details is not None:
            zone, keys = self._app_context.zone, self._command_keys
            self._show_page(format_contact(*self._details, self._now, zone, keys))

    def _show_page(self, page: Content) -> None:
        """Show the page if it has changed."""
        if page.is_same(self._shown_page):
            return
        self._shown_page = page
        # A layout is one of the whole screen: only for another number of lines.
        text, size = self.text, self.text.size
        height = page.get_height(text.styles.get_rules(), size.width) if size else -1
        text.update(page, layout=height != size.height)


def format_contact(
    conversation: Conversation,
    details: ContactDetails,
    now: int,
    zone: tzinfo | None,
    keys: Mapping[str, str],
) -> Content:
    """Return the whole page.

    Args:
        conversation: Conversation with the contact.
        details: Details of the contact.
        now: Current time in milliseconds since 1970, UTC.
        zone: Time zone of the agent; None for the system's.
        keys: First key of each command.
    """
    parts = [
        _format_identity(conversation, now),
        _format_section(
            "Labels", "  ".join(f"#{one_line(label, 30)}" for label in conversation.labels)
        ),
        _format_section("Other numbers", "\n".join(map(format_number, details.other_numbers))),
        _format_section("Fields", _format_fields(details.fields)),
        _format_section("Note", to_printable(details.note, limit=_MAX_NOTE_CHARS)),
        _format_section("Consent", describe_consent(details.consent, now, zone)),
        _format_section("Accounts", "\n".join(map(_format_exchange, details.traffic))),
        _format_section("First seen", _format_first_day(details, now, zone)),
        _format_section("Private notes", str(details.notes) if details.notes else ""),
        Content.styled(f"{keys['edit_contact']} edits name and note", MUTED_STYLE),
    ]
    return Content("\n\n").join(part for part in parts if part.plain)


def _format_identity(conversation: Conversation, now: int) -> Content:
    """Return name, number, and the place and time of the number."""
    number = one_line(format_phone_number(conversation.address), 40)
    name_lines = [Content.styled(format.format_title(conversation), "bold"), Content(number)]
    lines = name_lines if conversation.name else [Content.styled(number, "bold")]
    lines += [
        Content(f"also {one_line(format_phone_number(address), 40)}")
        for address in conversation.other_addresses
    ]
    lines.append(Content.styled(_format_location(conversation.address, now), MUTED_STYLE))
    return Content("\n").join(lines)


def _format_location(address: str, now: int) -> str:
    """Return country and local time of an address: "GB · 14:02 there"."""
    if not address.startswith("+"):
        return "Short code or name: no country"
    parts = [find_country(address) or "", format_local_times(find_zones(address), now)]
    return " · ".join(word for word in parts if word) or "A number of no single country"


def _format_section(heading: str, text: str) -> Content:
    """Return a heading above a text; nothing for an empty text."""
    if not text:
        return Content("")
    return Content.assemble((f"{heading}\n", MUTED_STYLE), Content(text))


def _format_fields(fields: Mapping[str, str]) -> str:
    """Return a line for each own field: "order: 4711"."""
    shown = [
        f"{one_line(n, 40)}: {one_line(v, 120)}" for n, v in list(fields.items())[:_MAX_FIELDS]
    ]
    more = [f"and {len(fields) - _MAX_FIELDS} more"] if len(fields) > _MAX_FIELDS else []
    return "\n".join([*shown, *more])


def describe_consent(consent: ConsentRecord | None, now: int, zone: tzinfo | None) -> str:
    """Return whether the contact may be texted, and the evidence for it.

    Args:
        consent: Latest record of consent; None if there is none.
        now: Current time in milliseconds since 1970, UTC.
        zone: Time zone of the agent; None for the system's.
    """
    if consent is None:
        return "Can be texted (no opt-out)"
    verdict = "OPTED OUT" if consent.opted_out else "Can be texted again"
    when = f"{format.format_day(consent.at, now, zone)} {format.format_time(consent.at, zone)}"
    source = {"agent": f"recorded by {one_line(consent.agent, 20)}", "provider": "by the provider"}
    how = source.get(consent.source, "by their own text")
    quotation = f'\n"{one_line(consent.evidence, 120)}"' if consent.evidence else ""
    return f"{verdict}\n{when}, {how}{quotation}"


def _format_exchange(exchange: AccountTraffic) -> str:
    """Return the line of an account with the number of messages in and out."""
    return f"{one_line(exchange.account, 16)}  {exchange.received} in · {exchange.sent} out"


def _format_first_day(details: ContactDetails, now: int, zone: tzinfo | None) -> str:
    """Return the day of the first message; empty if there is none."""
    return format.format_day(details.first_at, now, zone) if details.first_at else ""
