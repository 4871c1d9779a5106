"""Fill an inbox so that one customer stands in as many columns as possible, and find where.

Everything is written by what the program itself does. Each text about the customer has a word that
begins with `zqx`; nothing of anyone else has one.
"""

import os
import re

from tests.store.builders import (
    ACCOUNT,
    get_conversation,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.rule_worlds import make_helpers
from tui.clock import MINUTE, ManualClock
from tui.desk.rule_runner import RuleRunner
from tui.domain.account import Health
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.bulk_text import BulkRecipient, BulkText, RecipientState
from tui.domain.conversation import View
from tui.domain.events import Cause, OptOut
from tui.domain.message import Attachment, Format, MmsContent
from tui.domain.person import Person
from tui.domain.rule_text import parse_rules
from tui.domain.status import Status
from tui.domain.templates import CannedReply, CustomField
from tui.store.connections import Connection
from tui.store.event_rows import SendRecord
from tui.store.queries import queries
from tui.store.store import Store
from tui.sync.context import discard_log
from tui.sync.event_delivery import DeliverySettings, EventDelivery

FORGOTTEN = "+61491570006"
OLD_NUMBER = "+61491570110"
"""Another number, whose conversation was merged."""
HOME = "+61491570158"
"""Another number of the same contact, in a conversation of its own."""
FRIEND = "+61491570159"
"""Another number of the same contact, without any conversation."""
OTHER = "+61491570156"
"""Another customer, of whom nothing may be lost."""
NUMBERS = (FORGOTTEN, OLD_NUMBER, HOME, FRIEND)
REASON = HeldReason(Cause.UNREADABLE, "unreadable")
RULES = """
[[rule]]
name = "answers"
when = ["words bill"]
then = ["answer thanks", "label ruled", "note Ask for it", "hook ticket", "notify tom"]
[[rule]]
name = "waits"
when = ["no answer for 5 minutes"]
then = ["label waited"]
[[rule]]
name = "lacks"
when = ["arrives"]
then = ["answer wrong"]
"""
_DIGITS = "|".join(number[3:] for number in NUMBERS)
_MARK = re.compile(rf"zqx[a-z]*|{_DIGITS}|{_DIGITS[:3]} ?570 ?006".encode(), re.IGNORECASE)


def find_marks(value: object) -> set[str]:
    """Return the words and numbers of the customer in a value of a column, or in bytes."""
    data = value if isinstance(value, bytes) else str(value).encode()
    return {found.decode().lower() for found in _MARK.findall(data)}


async def read_marks(store: Store) -> dict[str, set[str]]:
    """Return where the customer stands: words and numbers by table and column."""

    def read_all(connection: Connection) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for table in queries("upkeep").list_tables(connection):
            # The indexes of the search hold parts of words; the bytes of the file are looked at.
            if "_fts" in table["name"]:
                continue
            for row in connection.execute(f"select * from {table['name']}").fetchall():
                for column in row.keys():  # noqa: SIM118 - a row is no mapping
                    value = row[column]
                    marks = find_marks(bytes(value) if isinstance(value, memoryview) else value)
                    if marks:
                        found.setdefault(f"{table['name']}.{column}", set()).update(marks)
        return found

    return await store.database.read(read_all)


async def fill_inbox(store: Store, clock: ManualClock) -> None:
    """Let a customer and the agents do all that is stored."""
    await store.event_targets.add_targets(["hook reply", "webhook crm"])
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello", OTHER)])
    await store.agents.record_agent("tom")
    await _receive(store)
    await _write_about_customer(store, clock)
    await _send(store, clock)
    await _merge(store, clock)
    await _hold(store)
    await _apply_rules(store, clock)
    await _send_to_many(store, clock)
    await _run_hooks(store, clock)
    await _report(store)
    await _write_shared_texts(store, clock)


async def _receive(store: Store) -> None:
    """Receive texts with files, from several numbers."""
    picture = Attachment("zqxpicture.jpg", "image/jpeg", b"zqxbytes" * 50)
    mail = make_reply(
        "I lost my zqxfish",
        FORGOTTEN,
        raw='{"text": "zqxfish", "from": "+61 491 570 006"}',
        attachments=(picture,),
        subject="zqxsubject",
    )
    await store.ingest.store_events(
        ACCOUNT, [mail], "AU", Arrival(Channel.PUSH, b'{"text": "zqxfish", "from": "0491570006"}')
    )
    await store.ingest.store_events(ACCOUNT, [make_reply("zqxhome", HOME)], "AU")
    for kind, party in (("stop-1", FORGOTTEN), ("stop-2", HOME)):
        event = OptOut(kind, party, None, '{"word": "zqxstop"}', "zqxstop")
        await store.ingest.store_events(ACCOUNT, [event], "AU")
    customer = await get_conversation(store, FORGOTTEN)
    await store.consent.record_decision(customer.id, "ana", opted_out=False, evidence="zqxsaid")


async def _write_about_customer(store: Store, clock: ManualClock) -> None:
    """Keep name, notes, fields, labels and drafts."""
    customer = await get_conversation(store, FORGOTTEN)
    home = await get_conversation(store, HOME)
    numbers = (FORGOTTEN, HOME, FRIEND)
    person = Person(0, "Zqxname", "likes zqxjam", numbers, {"order": "zqxorder"})
    saved = await store.contacts.save_person(person, "ana")
    await store.contacts.save_person(Person(0, "Olga", "", (OTHER,), {"order": "77"}), "ana")
    assert saved.id
    await store.messages.add_note(customer.id, "ana", "@tom zqxnote", ["tom"])
    gone = await store.messages.add_note(customer.id, "ana", "zqxwithdrawn", [])
    await store.messages.withdraw_note(gone, "ana")
    enclosed = MmsContent(("https://example.com/zqxmedia.jpg",), "zqxdraftsubject")
    for row in (customer, home):
        await store.drafts.save_draft(
            row.id, "ana", "zqxdraft", enclosed=enclosed, began_at=clock.now()
        )
        await store.drafts.save_note_draft(row.id, "ana", "zqxnotedraft")
    await store.triage.set_label([customer.id], "ana", "zqxlabel", on=True)
    await store.triage.assign_conversations([customer.id], "ana", "tom")
    await store.conversations.set_read_marker(customer.id, "tom", customer.last_id)
    await store.presence.announce_presence("ana", customer.id, typing=True)
    await store.compose_locks.acquire_lock(customer.id, "ana")


async def _send(store: Store, clock: ManualClock) -> None:
    """Send texts: one is delivered, one fails, one is cancelled, one is a picture message."""
    await store_sent(store, body="We found a zqxfish", to=FORGOTTEN)
    await store.ingest.store_events(
        ACCOUNT, [make_receipt(Status.DELIVERED, "p-1", raw='{"text": "zqxreceipt"}')]
    )
    unknown = make_receipt(
        Status.DELIVERED, "nope", raw=f'{{"to": "{FORGOTTEN}", "x": "zqxloose"}}'
    )
    await store.ingest.store_events(ACCOUNT, [unknown])
    new = make_outgoing(
        "zqxfailed",
        FORGOTTEN,
        format=Format.MMS,
        subject="zqxmms",
        media=("https://example.com/zqxsent.jpg",),
    )
    failed = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    record = SendRecord(Status.FAILED, reason=f"{FORGOTTEN} is zqxinvalid")
    await store.outbox.settle_message(failed.id, record)
    later = clock.now() + MINUTE
    held = await store.intents.queue_message(make_outgoing("zqxheld", FORGOTTEN, hold_until=later))
    await store.intents.cancel_queued(held.id, "ana")


async def _merge(store: Store, clock: ManualClock) -> None:
    """Make the conversation of an older number part of it, and separate another one again."""
    await store.ingest.store_events(ACCOUNT, [make_reply("zqxold", OLD_NUMBER)], "AU")
    old = await get_conversation(store, OLD_NUMBER)
    await store.drafts.save_draft(old.id, "ana", "zqxolddraft", began_at=clock.now())
    await store.drafts.save_note_draft(old.id, "ana", "zqxoldnote")
    await store.triage.set_label([old.id], "ana", "zqxoldlabel", on=True)
    many = BulkRecipient(OLD_NUMBER, OLD_NUMBER, old.id, ACCOUNT, body="zqxoldbulk")
    await store.bulk_texts.start(BulkText("ana", "Hello", 60, clock.now()), [many])
    customer = await get_conversation(store, FORGOTTEN)
    await store.merges.merge_conversations(customer.id, old.id, "ana")


async def _hold(store: Store) -> None:
    """Hold payloads: as they are, taken in later, and dismissed."""
    for body in (b"from=0491 570 006 text=zqxheldbody", b"to=%2B61491570006 zqxpercent"):
        await store.held_items.hold(ACCOUNT, Arrival(Channel.PUSH, body), REASON)
    arrival = Arrival(
        Channel.PUSH,
        b"zqxbody",
        method="GET",
        target=f"/hooks/a/{{secret}}?from={FORGOTTEN}&text=zqxtarget",
        tail=f"/{FORGOTTEN}/zqxtail",
        query=(("from", FORGOTTEN), ("text", "zqxquery")),
        headers={"x-sender": FORGOTTEN, "x-text": "zqxheader"},
    )
    reason = HeldReason(Cause.UNREADABLE, f'"{FORGOTTEN}" has zqxreason')
    await store.held_items.hold(ACCOUNT, arrival, reason)
    others = Arrival(Channel.PUSH, f"from={OTHER} hi".encode())
    await store.held_items.hold(ACCOUNT, others, REASON)
    dismissed = await store.held_items.list_held()
    await store.held_items.dismiss([dismissed[-1].id], "ana")


async def _apply_rules(store: Store, clock: ManualClock) -> None:
    """Let rules act: an answer, a note, a hook, a notice, a wait, and one that cannot answer."""
    for name, body in (("thanks", "Thank you!"), ("wrong", "Dear {name}")):
        await store.templates.save_template(CannedReply(name, body), "ana")
    for rule in parse_rules(RULES, clock.now(), None):
        await store.rules.save_rule(rule, "ana")
        await store.rules.switch_rule(rule.name, "ana", on=True)
    text = make_reply("My zqxpaper and my bill", FORGOTTEN, received_at=clock.now())
    await store.ingest.store_events(ACCOUNT, [text], "AU")
    helpers = make_helpers(clock, hooks={"ticket": ("true",)})
    await RuleRunner(store, helpers, preferred=False).run_round()
    clock.advance(6 * MINUTE / 1_000)
    await RuleRunner(store, helpers, preferred=False).run_round()
    text = make_reply("zqxunjudged", FORGOTTEN, received_at=clock.now())
    await store.ingest.store_events(ACCOUNT, [text], "AU")


async def _send_to_many(store: Store, clock: ManualClock) -> None:
    """Send a text to many, of whom one has no conversation."""
    customer = await get_conversation(store, FORGOTTEN)
    states = RecipientState
    await store.bulk_texts.start(
        BulkText("ana", "Dear {name}", 60, clock.now()),
        [
            BulkRecipient(FORGOTTEN, FORGOTTEN, customer.id, ACCOUNT, body="Dear Zqxname"),
            BulkRecipient(FRIEND, FRIEND, 0, ACCOUNT, body="Dear Zqxfriend"),
            BulkRecipient(HOME, HOME, 0, state=states.LEFT_OUT, reason=f"{HOME} zqxleft"),
            BulkRecipient(OTHER, OTHER, 0, ACCOUNT, body="Dear Olga"),
        ],
    )
    only = BulkRecipient(FORGOTTEN, FORGOTTEN, customer.id, ACCOUNT, body="zqxalone")
    await store.bulk_texts.start(BulkText("ana", "zqxalone", 60, clock.now()), [only])


async def _run_hooks(store: Store, clock: ManualClock) -> None:
    """Run a hook that fails and prints what it got."""
    program = ("sh", "-c", "grep -o '+6149[0-9]*' | head -n 1 >&2; exit 1")
    settings = DeliverySettings(hooks={"reply": program}, environ={"PATH": os.environ["PATH"]})
    await EventDelivery(store, settings, clock, discard_log).run_once()


async def _report(store: Store) -> None:
    """Report what is wrong with an account, an alarm, its channel and a rule."""
    line = f"{FORGOTTEN} of Zqxname was refused"
    await store.accounts.save_health(ACCOUNT, Health.STOPPED, line=line)
    await store.monitoring.update_alarms({("stopped", ACCOUNT): line})
    await store.monitoring.record_deliveries({"command": line})
    rules = {rule.name: rule.id for rule in await store.rules.list_rules()}
    await store.rules.record_missing({rules["waits"]: line})


async def _write_shared_texts(store: Store, clock: ManualClock) -> None:
    """Write the customer into what belongs to all: replies, fields, views, rules."""
    reply = CannedReply("for-zqxname", "Call 0491570006, Zqxname", actions="note Zqxname")
    await store.templates.save_template(reply, "ana")
    await store.templates.save_field(CustomField("vip", "Zqxname"), "ana")
    view = await store.views.save_view("Zqxname", View(text=FORGOTTEN), "ana")
    await store.views.set_notice(view, "ana", on=True)
    text = '[[rule]]\nname = "zqxname"\nwhen = ["words zqxname"]\nthen = ["star"]\n'
    await store.rules.import_rules(parse_rules(text, clock.now(), None), "ana")
