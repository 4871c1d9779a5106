"""Finding words in all messages, writing to a number, and how the accounts are."""

from tui import present
from tui.domain.account import Account
from tui.domain.phone import BadNumber, destination
from tui.domain.searching import FILTERS, nothing_words, parse
from tui.domain.text import one_line
from tui.plain.desk import Desk, Listed
from tui.plain.lines import message_words
from tui.plain.reading import read

_HITS = 9


async def search(desk: Desk, typed: str) -> None:
    """Number the messages with these words; a number opens one where it stands."""
    seat, here = desk.seat, desk.open.id if desk.open is not None else 0
    typed = typed or await desk.talk.ask(f"Words, or {FILTERS}: ")
    query = parse(typed, seat.clock.now(), seat.zone)
    hits = await desk.store.searching.find(query, here=here, limit=_HITS)
    if query.problem:
        desk.talk.say(f"{one_line(query.problem, 200)}.")
    elif not hits:
        desk.talk.say(f"{nothing_words(query)}.")
    else:
        desk.leave()
        desk.listed = [Listed(hit.conversation_id, hit.id) for hit in hits]
        for number, hit in enumerate(hits, 1):
            row = await desk.store.conversations.get(hit.conversation_id)
            name = present.title(row) if row is not None else "They"
            about = f"{name}; " if hit.direction.value != "in" else ""
            desk.talk.say(f"{number}. {about}{message_words(hit, name, seat)}")
        more = " There may be more: more words find fewer." if len(hits) == _HITS else ""
        desk.talk.say(f"A number opens one there; / searches again, l lists.{more}")


async def new(desk: Desk, typed: str) -> None:
    """Open the conversation with a number, begun if there is none."""
    accounts = desk.seat.accounts
    if not accounts:
        desk.talk.say("No account is configured: smsdesk doctor tells how.")
        return
    number = typed or await desk.talk.ask("Number with its country code, empty for none: ")
    if not number.strip():
        return
    names = [one_line(account.name, 30) for account in accounts]
    place = 0 if len(accounts) == 1 else await desk.talk.choose("Through", names)
    if place is not None:
        await _begin(desk, number, accounts[place])


async def _begin(desk: Desk, number: str, account: Account) -> None:
    """Open it, or say what is wrong with the number."""
    try:
        address = destination(number, account.region or desk.seat.region)
    except BadNumber as problem:
        desk.talk.say(f"{one_line(str(problem), 200)}. c asks again.")
        return
    row = await desk.store.conversations.begin(address, account.name)
    await read(desk, row.id)


async def accounts(desk: Desk, typed: str) -> None:
    """How every account is doing, in words."""
    states, now = await desk.store.accounts.states(), desk.seat.clock.now()
    for account in desk.seat.accounts:
        state = states.get(account.name)
        _, words, _ = present.health_words(account, state, now, ascii=True)
        facts = [words, state.health.value if state else "not served yet"]
        if state and state.line:
            facts.append(one_line(state.line, 300))
        if state and state.balance:
            facts.append(
                f"balance {one_line(state.balance, 40)}{' low' if account.is_low(state) else ''}"
            )
        desk.talk.say(", ".join(facts) + ".")
    if not desk.seat.accounts:
        desk.talk.say("No account is configured: smsdesk doctor tells how.")
