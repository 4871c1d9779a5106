"""Number the people and messages that a search finds."""

from collections.abc import Sequence

from tui.desk import format
from tui.desk.found_people import format_hit_detail, format_person_hit, search_people
from tui.domain.message import Message
from tui.domain.person import PersonHit
from tui.domain.searching import FILTERS, describe_no_results, parse_search
from tui.domain.text import one_line
from tui.plain.lines import format_message_line
from tui.plain.session import ListedItem, PlainSession, line_handler

_RESULT_LIMIT = 9


@line_handler("search")
async def search_messages(session: PlainSession, typed: str) -> None:
    """Number the people and messages that match; a number opens the conversation there.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    context, here = (
        session.context,
        session.conversation.id if session.conversation is not None else 0,
    )
    typed = typed or await session.dialog.ask_line(f"Words, or {FILTERS}: ")
    query = parse_search(typed, context.clock.now(), context.zone)
    search = session.store.search
    people = await search_people(session.store, query)
    hits = await search.find_messages(query, open_id=here, limit=_RESULT_LIMIT)
    doubt = query.notice
    if not hits and not doubt and not query.problem:
        doubt = await search.find_unknown_value(query, [a.name for a in context.accounts])
    if doubt:
        session.dialog.write_line(f"{one_line(doubt, 200)}.")
    if query.problem:
        session.dialog.write_line(f"{one_line(query.problem, 200)}.")
    elif people or hits:
        await _list_hits(session, people, hits)
    else:
        session.dialog.write_line(f"{describe_no_results(query)}.")


async def _list_hits(
    session: PlainSession, people: Sequence[PersonHit], messages: Sequence[Message]
) -> None:
    """Number people and then messages."""
    context, write_line = session.context, session.dialog.write_line
    session.leave_conversation()
    session.listed_items = [
        ListedItem(hit.conversation_id, party="" if hit.conversation_id else hit.party)
        for hit in people
    ]
    session.listed_items += [ListedItem(hit.conversation_id, hit.id) for hit in messages]
    for number, person in enumerate(people, 1):
        detail = format_hit_detail(person, context.clock.now())
        write_line(f"{number}. Person: {format_person_hit(person)}; {detail}")
    ids = {hit.conversation_id for hit in messages}
    known = await session.store.search.read_conversations(ids)
    for number, hit in enumerate(messages, len(people) + 1):
        row = known.get(hit.conversation_id)
        name = format.format_title(row) if row is not None else "They"
        about = f"{name}; " if hit.direction.value != "in" else ""
        write_line(f"{number}. {about}{format_message_line(hit, name, context)}")
    is_full = len(messages) == _RESULT_LIMIT
    more = " There may be more: add words to narrow it down." if is_full else ""
    write_line(f"A number opens one there; / searches again, l lists.{more}")
