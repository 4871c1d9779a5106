"""Format the hints around the composer: length, what makes a message long, pictures, mentions.

Lengths are estimates until the provider reports its own. What costs extra segments is named,
with the key that avoids it.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

from tui.desk.format import format_title
from tui.desk.merging import format_recipient
from tui.desk.routes import (
    NO_REPLIES,
    OPTED_OUT_LABEL,
    Route,
    SendPlan,
    explain_unreachable,
    format_plan_time,
)
from tui.domain.capabilities import Capabilities
from tui.domain.change import Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, MmsContent
from tui.domain.sms import (
    Encoding,
    GsmReplacement,
    SmsCount,
    count_parts,
    is_gsm,
    list_non_gsm,
    list_remaining,
    simplify_text,
    to_gsm,
)
from tui.domain.templates import find_open_fields
from tui.domain.text import one_line
from tui.domain.typed_text import compose_outgoing_text
from tui.store.store import Store

_MAX_CHARACTERS = 4
_MAX_CHANGES = 3
_WHOLE_PART_SIZE = 160
_NEAR_LIMIT = 0.1
"""Part of the longest text that is left when the limit is shown."""
_INVISIBLE_NAMES = {" ": "blank", "": "nothing", "\n": "new line"}


def format_length(counted: SmsCount, *, whole_parts: bool = False) -> str:
    """Return the length of a message, or "" for the empty text.

    "24/70 · 1 part · Unicode ą" has used 24 of 70 characters, "161/306 · 2 parts" 161 of those
    that two parts hold.

    Args:
        counted: Length of the text.
        whole_parts: Whether the provider counts whole multiples of 160 (MessagePort, credits).
    """
    if not counted.parts:
        return ""
    # -(-a // b) rounds up. Usually the parts of a long message hold only 153 characters.
    if whole_parts and counted.encoding is Encoding.GSM7:
        parts, room = -(-counted.units // _WHOLE_PART_SIZE), _WHOLE_PART_SIZE
    else:
        parts, room = len(counted.parts), counted.per_part
    hints = [f"{counted.units}/{parts * room}", f"{parts} part{'s' if parts > 1 else ''}"]
    if counted.non_gsm:
        characters = list_remaining(counted) or list_non_gsm(counted)
        hints.append(f"Unicode {one_line(' '.join(characters[:_MAX_CHARACTERS]), 16)}")
    return " · ".join(hints)


def format_limit(text: str, capabilities: Capabilities | None) -> str:
    """Return how far a text is from the most that the account accepts, or "" if it is far.

    Args:
        text: Text in the composer.
        capabilities: Capabilities of the account; None if they are not known.
    """
    if capabilities is None:
        return ""
    longest = capabilities.max_characters
    left = longest - len(compose_outgoing_text(text))
    if left < 0:
        return f"{-left} over the limit of {longest}"
    return f"{left} left of {longest}" if left <= longest * _NEAR_LIMIT else ""


def is_too_long(text: str, capabilities: Capabilities | None) -> bool:
    """Return whether the account does not accept a text of this length.

    Args:
        text: Text in the composer.
        capabilities: Capabilities of the account; None if they are not known.
    """
    longest = capabilities.max_characters if capabilities else None
    return longest is not None and len(compose_outgoing_text(text)) > longest


def format_hints(text: str, enclosed: MmsContent, route: Route | None, key: str) -> str:
    """Return what an agent should know before sending: open fields, pictures, what makes it long.

    Args:
        text: Text in the composer.
        enclosed: Pictures and subject.
        route: Account and sender; None if there is no account.
        key: Key that replaces the characters that force Unicode.
    """
    hints = [
        one_line(f"{blank.placeholder} is not filled in", 40)
        for blank in find_open_fields(text)[:1]
    ]
    if enclosed:
        hints.append(format_enclosed(enclosed))
    counted = count_parts(text)
    if counted.non_gsm:
        hints.append(_format_unicode_hint(counted, to_gsm(text), key))
        if route is not None and route.rewrite_warning:
            hints.append(route.rewrite_warning)
    return " · ".join(hints)


def format_plan_hint(plan: SendPlan, now: int, zone: tzinfo | None, key: str) -> str:
    """Return for when a reply is planned, and the key that changes it.

    Args:
        plan: When to send.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
        key: Key that changes or drops the time.
    """
    return f"scheduled for {format_plan_time(plan, now, zone)} · {key} changes or drops it"


def list_sent_forms(text: str, route: Route | None) -> list[tuple[str, str]]:
    """Return a text as typed and as the provider may rewrite it, each with a heading.

    The headings name the parts of each, which can differ. A text that no provider rewrites is
    listed once.

    Args:
        text: Text in the composer.
        route: Account and sender; None if there is no account.
    """
    sent, warning = compose_outgoing_text(text), route.rewrite_warning if route else ""
    capabilities = route.account.capabilities if route else None
    whole = capabilities is not None and capabilities.has_whole_160_parts
    forms = [("As typed", sent, ""), ("As it may arrive", simplify_text(sent), warning)]
    if not warning or forms[0][1] == forms[1][1]:
        forms = [("Sent as typed", sent, "")]
    shown = []
    for heading, form, reason in forms:
        length = format_length(count_parts(form), whole_parts=whole)
        shown.append((" · ".join(filter(None, (heading, length, reason))), form))
    return shown


def format_enclosed(enclosed: MmsContent) -> str:
    """Return the pictures and the subject of an MMS."""
    picture_count = len(enclosed.media)
    parts = [f"MMS: {picture_count} picture{'s' if picture_count != 1 else ''}"]
    if enclosed.subject:
        parts.append(f'"{one_line(enclosed.subject, 24)}"')
    return " ".join(parts)


def _format_unicode_hint(counted: SmsCount, replacement: GsmReplacement | None, key: str) -> str:
    """Return which characters force Unicode, and what replacing them saves."""
    if replacement is None:
        remaining = list_remaining(counted)
        if len(remaining) == len(list_non_gsm(counted)):
            return f"{_name_character(counted, remaining[0])} makes it Unicode"
        return f"{key} cannot replace {format_remaining(counted)}: nothing is saved"
    return f"{key} replaces {format_changes(replacement)} ({format_saving(replacement)})"


def format_remaining(counted: SmsCount) -> str:
    """Return the characters that no replacement makes shorter: "ï (i with diaeresis)"."""
    remaining = list_remaining(counted)
    if len(remaining) == 1:
        return _name_character(counted, remaining[0])
    more = f" +{len(remaining) - _MAX_CHARACTERS}" if len(remaining) > _MAX_CHARACTERS else ""
    return ", ".join(one_line(char, 4) for char in remaining[:_MAX_CHARACTERS]) + more


def _name_character(counted: SmsCount, char: str) -> str:
    """Return a character with its name."""
    name = next(forcing.name for forcing in counted.non_gsm if forcing.char == char)
    return f"{one_line(char, 4)} ({_shorten_name(name)})"


def _shorten_name(name: str) -> str:
    """Return the Unicode name of a character without the obvious part: "a with ogonek"."""
    return name.replace("latin small letter ", "").replace("latin capital letter ", "capital ")


def format_changes(replacement: GsmReplacement) -> str:
    """Return what a replacement changes: "’ with ', … with ..."."""
    pairs = dict.fromkeys((change.mark, change.plain) for change in replacement.changes)
    shown = [
        f"{_format_mark(mark)} with {_INVISIBLE_NAMES.get(plain, plain)}" for mark, plain in pairs
    ]
    more = f" +{len(shown) - _MAX_CHANGES}" if len(shown) > _MAX_CHANGES else ""
    return ", ".join(shown[:_MAX_CHANGES]) + more


def format_saving(replacement: GsmReplacement) -> str:
    """Return what a replacement saves: parts, or room in the first one."""
    saved = replacement.parts_saved
    if saved <= 0:
        return "160 characters instead of 70"
    return f"saves {saved} part{'s' if saved > 1 else ''}"


def _format_mark(mark: str) -> str:
    """Return a mark, or its code point if it is invisible."""
    shown = one_line(mark, 2).strip()
    return shown or f"U+{ord(mark):04X}"


def find_unicode_characters(line: str) -> Iterator[tuple[int, int]]:
    """Yield the begin and end of each character in a line that forces Unicode."""
    if line.isascii() and is_gsm(line):
        return
    # Imported late: most lines are plain ASCII and return above.
    from wcwidth import iter_graphemes

    start = 0
    for grapheme in iter_graphemes(line):
        # Compose first: "é" typed as two code points is sent as the one character that GSM-7 has.
        if not is_gsm(unicodedata.normalize("NFC", grapheme)):
            yield start, start + len(grapheme)
        start += len(grapheme)


def find_open_field_spans(line: str) -> Iterator[tuple[int, int]]:
    """Yield the begin and end of each field in a line that is not filled in."""
    for blank in find_open_fields(line):
        yield blank.start, blank.end


NOTE_LABEL = "private note · colleagues only, never sent · @name notifies"
_MAX_NAMES = 4


def list_route_labels(
    conversation: Conversation | None, route: Route | None, *, note: bool
) -> tuple[str, str]:
    """Return the route of a text, or why there is none, and the same in fewer cells.

    Args:
        conversation: Conversation that is open; None for none.
        route: Account and sender; None if there is no account.
        note: Whether the text is a private note.
    """
    if note:
        return NOTE_LABEL, NOTE_LABEL
    if conversation is not None and conversation.opted_out:
        return OPTED_OUT_LABEL, OPTED_OUT_LABEL
    if conversation is not None and (obstacle := explain_unreachable(conversation.party, route)):
        return obstacle, NO_REPLIES
    if route is None:
        return "no account", "no account"
    to = format_recipient(conversation) if conversation else ""
    begin = f"{to} · " if to else ""
    return begin + route.summary, begin + route.short_summary


def format_mention_choices(names: Sequence[str]) -> str:
    """Return the colleagues that Tab completes, first one first, or "" if there are none."""
    if not names:
        return ""
    shown = "  ".join(f"@{one_line(name, 16)}" for name in names[:_MAX_NAMES])
    return f"Tab inserts {shown}"


async def format_mention_notice(store: Store, agent: str, changes: Iterable[Change]) -> str:
    """Return the message about the newest note that mentions this agent, or "" if there is none.

    Args:
        store: Store shared by all agents.
        agent: Name of this agent; the agent's own notes are skipped.
        changes: What has changed in the store.
    """
    notice = ""
    for change in changes:
        if change.subject is not Subject.MENTION:
            continue
        if not await store.messages.has_mention(change.id, agent):
            continue
        note = await store.messages.get(change.id)
        conversation = await store.conversations.get(change.conversation_id)
        if note is not None and conversation is not None and note.agent != agent:
            author, title = one_line(note.agent, 20), one_line(format_title(conversation), 30)
            notice = f"{author} mentions you in a note on {title} · g m shows it"
            if note.direction is Direction.IN:
                notice = f"A rule asks you to look at {title} · g m shows it"
    return notice
