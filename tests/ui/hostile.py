"""Fill every screen with what an attacker writes, and walk through all of them on a real terminal.

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
from tests.ui.history import ACCOUNTS, AGENT, EventWriter
from tui.clock import ManualClock
from tui.command_types import Command, Scope
from tui.desk.context import AppContext
from tui.domain.account import Health
from tui.domain.conversation import View
from tui.domain.events import Receipt, Reply
from tui.domain.message import Attachment, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.domain.text import repair_text
from tui.store.event_rows import SendRecord
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
"""Commands that hand the terminal to another program, or end the walk."""


async def main(database: Path, texts: dict[str, str]) -> None:
    """Fill a store, open the app on this terminal, walk, and print that the walk was finished.

    Args:
        database: File of the store.
        texts: Texts of the conversations, by kind.
    """
    clock = ManualClock()
    async with Store(database, clock=clock, rng=random.Random(1), owner="walk") as store:
        for number, text in enumerate(texts.values()):
            await fill_conversation(store, clock, make_number(number), text)
        joined = "".join(list(texts.values())[:-1])
        await fill_shared_data(store, clock, joined)
        desk = Desk(store, clock, create_context(clock, joined))
        async with desk.open(headless=False):
            # The program's own alerts would hide a BEL that comes from a text.
            setattr(desk.app, "bell", lambda: None)  # noqa: B010
            await open_all(desk, len(texts))
            await use_all_commands(desk, list(texts.values()))
            assert desk.app.is_running
    print("walked to the end")


def create_context(clock: ManualClock, text: str) -> AppContext:
    """Return a context whose accounts have titles and senders from outside."""
    accounts = tuple(replace(a, title=text, senders=(*a.senders, text)) for a in ACCOUNTS)
    return make_context(clock, accounts=accounts)


async def fill_shared_data(store: Store, clock: ManualClock, text: str) -> None:
    """Fill what is not about one conversation: accounts, canned replies, views, colleagues."""
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


async def fill_conversation(store: Store, clock: ManualClock, number: str, text: str) -> None:
    """Add a conversation in which every text from outside is this one."""
    events = EventWriter(store, clock, number)
    clean = repair_text(text)
    await store.ingest.store_events(
        "au", [_make_reply(number, text, f"{number} 1"), _make_named_reply(text)]
    )
    conversation = await events.conversation(number)
    message = await store.intents.queue_message(
        NewMessage(number, text, "au", "MYSHOP", agent=clean[:40])
    )
    await store.outbox.claim_due_messages("sync", "au", 10)
    await store.outbox.settle_message(
        message.id, SendRecord(Status.ACCEPTED, f"p{number}", word=clean, raw=clean)
    )
    await store.ingest.store_events("au", [_make_receipt(number, clean)])
    await store.ingest.store_events("au", [_make_reply(number, text, f"{number} 2")])
    await store.contacts.rename_contact(conversation.id, text, text, AGENT)
    await store.triage.set_label([conversation.id], AGENT, text[:60], True)
    await store.triage.assign_conversations([conversation.id], AGENT, clean[:40])
    await store.messages.add_note(conversation.id, clean[:40], text)
    await store.presence.announce_presence(clean[:40], conversation.id, typing=True)
    await store.drafts.save_draft(conversation.id, AGENT, text, began_at=clock.now())
    clock.advance(60)


def _make_reply(number: str, text: str, event: str) -> Reply:
    """Return a text with a file."""
    file = Attachment(repair_text(text)[:200], "image/png", b"not a picture")
    raw = repair_text(f'{{"text": "{text}"}}')
    return Reply(event, number, text, None, raw, own=text, attachments=(file,), subject=text)


def _make_named_reply(text: str) -> Reply:
    """Return a text whose sender uses this text as its name."""
    return Reply(f"named {text[:20]!r}", text[:40], text, None, "{}")


def _make_receipt(number: str, clean: str) -> Receipt:
    """Return a failure that the attacker describes."""
    return Receipt(
        *(f"{number} failed", Status.FAILED, clean, None, clean),
        provider_id=f"p{number}",
        code=clean,
        reason=clean,
    )


def make_number(place: int) -> str:
    """Return the number of the conversation at this place."""
    return f"+614915701{place:02d}"


async def open_all(desk: Desk, count: int) -> None:
    """Open every conversation and the timelines of its newest messages."""
    for place in range(count):
        await show_conversation(desk, place)
        await desk.press("K", "K", "full_stop", "escape", "pageup")
        await return_to_list(desk)


async def use_all_commands(desk: Desk, texts: Sequence[str]) -> None:
    """Use every command, each in another conversation, and paste into every input field."""
    begin = desk.app.size.width  # two sizes pair commands and texts differently
    for place, command in enumerate(desk.app_context.commands, begin):
        if command.id not in LEFT_OUT:
            await show_conversation(desk, place % len(texts))
            await use_command(desk, command, texts[place % len(texts)])
            await return_to_list(desk)


async def show_conversation(desk: Desk, place: int) -> None:
    """Show one of the conversations."""
    conversation = await desk.store.conversations.find_by_address(parse_address(make_number(place)))
    assert conversation is not None
    await desk.inbox.go_to_conversation(conversation)


async def use_command(desk: Desk, command: Command, text: str) -> None:
    """Press the keys of a command, and paste."""
    if command.scope is Scope.COMPOSE:
        await desk.command("reply")
    if command.keys:
        await desk.press(*command.keys[0].split(" "))
    if isinstance(desk.app.focused, Input | TextArea):
        desk.app.post_message(Paste(text))
    await desk.press("enter")


async def return_to_list(desk: Desk) -> None:
    """Return to the list, whatever is open."""
    for _ in range(8):
        if desk.app.screen is desk.inbox and not desk.inbox.is_composer_focused:
            return
        await desk.press("escape")
    raise AssertionError(f"no way out of {desk.app.screen}")


if __name__ == "__main__":
    folder, chosen = sys.argv[1:]
    kinds = {"hostile": HOSTILE, "harmless": HARMLESS}
    asyncio.run(main(Path(folder, f"{chosen}.db"), kinds[chosen]))
