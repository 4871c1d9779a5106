"""Finding words in all messages, writing to a number, and how the accounts are."""

from tui.desk import format
from tui.domain.account import Account
from tui.domain.phone import InvalidNumberError, parse_destination
from tui.domain.searching import FILTERS, describe_no_results, parse_search
from tui.domain.text import one_line
from tui.plain.desk import ListedItem, PlainSession
from tui.plain.lines import format_message_line
from tui.plain.reading import read_conversation

_RESULT_LIMIT = 9


async def search_messages(session: PlainSession, typed: str) -> None:
    """Number the messages that match; a number opens the conversation at that message.

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
    hits = await session.store.search.find_messages(query, open_id=here, limit=_RESULT_LIMIT)
    if query.problem:
        session.dialog.write_line(f"{one_line(query.problem, 200)}.")
    elif not hits:
        session.dialog.write_line(f"{describe_no_results(query)}.")
    else:
        session.leave_conversation()
        session.listed_items = [ListedItem(hit.conversation_id, hit.id) for hit in hits]
        for number, hit in enumerate(hits, 1):
            row = await session.store.conversations.get(hit.conversation_id)
            name = format.format_title(row) if row is not None else "They"
            about = f"{name}; " if hit.direction.value != "in" else ""
            session.dialog.write_line(f"{number}. {about}{format_message_line(hit, name, context)}")
        more = " There may be more: more words find fewer." if len(hits) == _RESULT_LIMIT else ""
        session.dialog.write_line(f"A number opens one there; / searches again, l lists.{more}")


async def start_conversation(session: PlainSession, typed: str) -> None:
    """Open the conversation with a phone number; create it if there is none.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    accounts = session.context.accounts
    if not accounts:
        session.dialog.write_line("No account is configured: smsdesk doctor tells how.")
        return
    number = typed or await session.dialog.ask_line(
        "Number with its country code, empty for none: "
    )
    if not number.strip():
        return
    names = [one_line(account.name, 30) for account in accounts]
    place = 0 if len(accounts) == 1 else await session.dialog.choose_item("Through", names)
    if place is not None:
        await _begin_conversation(session, number, accounts[place])


async def _begin_conversation(session: PlainSession, number: str, account: Account) -> None:
    """Open the conversation, or show what is wrong with the number."""
    try:
        address = parse_destination(number, account.region or session.context.region)
    except InvalidNumberError as problem:
        session.dialog.write_line(f"{one_line(str(problem), 200)}. c asks again.")
        return
    row = await session.store.conversations.get_or_create(address, account.name)
    await read_conversation(session, row.id)


async def list_accounts(session: PlainSession, typed: str) -> None:
    """Show the state of every account as text.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    states, now = await session.store.accounts.get_states(), session.context.clock.now()
    for account in session.context.accounts:
        state = states.get(account.name)
        _, health, _ = format.format_account_health(account, state, now, ascii=True)
        facts = [health, state.health.value if state else "not served yet"]
        if state and state.line:
            facts.append(one_line(state.line, 300))
        if state and state.balance:
            facts.append(
                f"balance {one_line(state.balance, 40)}{' low' if account.is_low(state) else ''}"
            )
        session.dialog.write_line(", ".join(facts) + ".")
    if not session.context.accounts:
        session.dialog.write_line("No account is configured: smsdesk doctor tells how.")
