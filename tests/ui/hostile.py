"""Every surface filled with what an attacker writes, walked through on a real terminal.

Run as a program: `python -m tests.ui.hostile FOLDER hostile|harmless`. The harmless walk is the
same with plain words: what it writes is what the app itself needs of a terminal.
"""

import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual.events import Paste
from textual.widgets import Input, TextArea

from tests.contexts import make_context
from tests.ui.desk import Desk
from tests.ui.history import ACCOUNTS, AGENT, Scribe
from tui.clock import ManualClock
from tui.commands import Command, Scope
from tui.desk.context import AppContext
from tui.domain.account import Health
from tui.domain.conversation import View
from tui.domain.events import Receipt, Reply
from tui.domain.message import Attachment, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.domain.text import repair_text
from tui.store.settling import SendRecord
from tui.store.store import Store

HOSTILE = {
    "codes": "\x1b[2J\x1b[31mA\x1b]8;;http://evil.test\x1b\\B\x1b]52;c;RVZJTA==\x07C\x1b[6n",
    "strings": "\x1bP+q544e\x1b\\D\x1b_Gi=1\x1b\\E\x1bc\x1b]0;evil\x07F\x1b[?1049l\x1b[21t",
    "c1": "\x9b2JA\x9d52;c;RVZJTA==\x9cB\x90q\x9cC\x85D\x8dE\x9f",
    "c0": "A\x00B\x07C\x08\x08D\x0b\x0cE\x0eF\x1aG\x7fH\rover\x1b",
    "markup": "[@click=app.quit]A[/] [/] [bold [red]x[/red] \\[/] $text [link=http://evil.test]",
    "turned": "A\u202eevil\u202cB\u2066C\u2069D\u200fE\u061c\u2028F\u2029\u202dG",
    "broken": "A\ud83d \udc00B\ud83d\ude00C\ue000\uffff\U000f0000D",
    "unseen": "A\u200b\u200c\u200d\ufeff\u2060\u00ad\u034f\u3164B\U000e0041\u180e\u2800C",
    "marks": "Z" + "\u0301" * 60 + "\u0489e\u20dd" * 20,
    "scripts": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽 שלום עולם مرحبا नमस्ते",
    "long": "x" * 10_000 + "\n" * 200 + "\x1b[31m" * 200,
}
HARMLESS = {name: f"plain words {n}" for n, name in enumerate(HOSTILE)}
LEFT_OUT = {"quit", "editor", "pipe", "send_close"}
"""Commands that leave the screen to another program, or end the walk."""


async def main(database: Path, texts: dict[str, str]) -> None:
    """Fill a store, sit down at this terminal, walk, and say that the walk was finished."""
    clock = ManualClock()
    async with Store(database, clock=clock, rng=random.Random(1), owner="walk") as store:
        for number, text in enumerate(texts.values()):
            await fill(store, clock, number_of(number), text)
        joined = "".join(list(texts.values())[:-1])
        await furnish(store, clock, joined)
        desk = Desk(store, clock, seat(clock, joined))
        async with desk.open(headless=False):
            # The program's own alerts would hide a BEL that comes from a text.
            setattr(desk.app, "bell", lambda: None)  # noqa: B010
            await read(desk, len(texts))
            await walk(desk, list(texts.values()))
            assert desk.app.is_running
    print("walked to the end")


def seat(clock: ManualClock, text: str) -> AppContext:
    """A place whose accounts have titles and senders from outside."""
    accounts = tuple(replace(a, title=text, senders=(*a.senders, text)) for a in ACCOUNTS)
    return make_context(clock, accounts=accounts)


async def furnish(store: Store, clock: ManualClock, text: str) -> None:
    """What is not about one conversation: accounts, canned replies, views, colleagues."""
    clean = repair_text(text)
    for account in ACCOUNTS:
        await store.accounts.save_health(
            account.name, Health.STOPPED, line=clean, holder=clean, ok_at=clock.now()
        )
        await store.accounts.save_balance(account.name, clean)
    await store.templates.save_template(
        CannedReply(clean[:80], f"{clean} {{{clean[:20]}}}", 0), clean[:40]
    )
    await store.views.save_view(clean[:40], View(text=clean[:20]), AGENT, key="1")
    await store.agents.record_agent(clean)


async def fill(store: Store, clock: ManualClock, number: str, text: str) -> None:
    """A conversation in which every word from outside is this text."""
    scribe = Scribe(store, clock, number)
    clean = repair_text(text)
    await store.ingest.store_events("au", [_reply(number, text, f"{number} 1"), _named(text)])
    conversation = await scribe.conversation(number)
    message = await store.intents.queue_message(
        NewMessage(number, text, "au", "MYSHOP", agent=clean[:40])
    )
    await store.outbox.claim_due_messages("sync", "au", 10)
    await store.outbox.settle_message(
        message.id, SendRecord(Status.ACCEPTED, f"p{number}", word=clean, raw=clean)
    )
    await store.ingest.store_events("au", [_receipt(number, clean)])
    await store.ingest.store_events("au", [_reply(number, text, f"{number} 2")])
    await store.contacts.rename_contact(conversation.id, text, text, AGENT)
    await store.triage.set_label([conversation.id], AGENT, text[:60], True)
    await store.triage.assign_conversations([conversation.id], AGENT, clean[:40])
    await store.messages.add_note(conversation.id, clean[:40], text)
    await store.presence.announce_presence(clean[:40], conversation.id, typing=True)
    await store.drafts.save_draft(conversation.id, AGENT, text, began_at=clock.now())
    clock.advance(60)


def _reply(number: str, text: str, event: str) -> Reply:
    """A text with a file."""
    file = Attachment(repair_text(text)[:200], "image/png", b"not a picture")
    raw = repair_text(f'{{"text": "{text}"}}')
    return Reply(event, number, text, None, raw, own=text, attachments=(file,), subject=text)


def _named(text: str) -> Reply:
    """A text whose sender calls itself so."""
    return Reply(f"named {text[:20]!r}", text[:40], text, None, "{}")


def _receipt(number: str, clean: str) -> Receipt:
    """A failure in the attacker's words."""
    return Receipt(
        *(f"{number} failed", Status.FAILED, clean, None, clean),
        provider_id=f"p{number}",
        code=clean,
        reason=clean,
    )


def number_of(place: int) -> str:
    """The number of the conversation that was filled so."""
    return f"+614915701{place:02d}"


async def read(desk: Desk, count: int) -> None:
    """Open every conversation and its newest messages' history."""
    for place in range(count):
        await go_to(desk, place)
        await desk.press("K", "K", "full_stop", "escape", "pageup")
        await leave(desk)


async def walk(desk: Desk, texts: Sequence[str]) -> None:
    """Use every command there is, each in another conversation, pasting wherever one can write."""
    begin = desk.app.size.width  # so that the walks of two sizes pair them otherwise
    for place, command in enumerate(desk.seat.commands, begin):
        if command.id not in LEFT_OUT:
            await go_to(desk, place % len(texts))
            await use(desk, command, texts[place % len(texts)])
            await leave(desk)


async def go_to(desk: Desk, place: int) -> None:
    """Show one of the conversations."""
    conversation = await desk.store.conversations.find_by_address(parse_address(number_of(place)))
    assert conversation is not None
    await desk.inbox.go_to_conversation(conversation)


async def use(desk: Desk, command: Command, text: str) -> None:
    """Do what a command says, and paste."""
    if command.scope is Scope.COMPOSE:
        await desk.command("reply")
    if command.keys:
        await desk.press(*command.keys[0].split(" "))
    if isinstance(desk.app.focused, Input | TextArea):
        desk.app.post_message(Paste(text))
    await desk.press("enter")


async def leave(desk: Desk) -> None:
    """Back to the list, whatever is open."""
    for _ in range(8):
        if desk.app.screen is desk.inbox and not desk.inbox.is_composer_focused:
            return
        await desk.press("escape")
    raise AssertionError(f"no way out of {desk.app.screen}")


if __name__ == "__main__":
    folder, chosen = sys.argv[1:]
    kinds = {"hostile": HOSTILE, "harmless": HARMLESS}
    asyncio.run(main(Path(folder, f"{chosen}.db"), kinds[chosen]))
