"""Provide short helpers for events from providers and messages from agents."""

import itertools
from pathlib import Path
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.events import Receipt, Reply
from tui.domain.message import Message, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.store import Store

MIA = "+61491570006"
TOM = "+61491570156"
ACCOUNT = "support"

_numbers = itertools.count(1)


def make_reply(text: str = "Hello", party: str = MIA, *, id: str = "", **fields: Any) -> Reply:
    """Return a message from a customer, with its own id unless one is given."""
    values = {"received_at": None, "raw": f'{{"text": {text!r}}}', "own": "+61491570157", **fields}
    return Reply(id or f"reply-{next(_numbers)}", party, text, **values)


def make_receipt(
    status: Status | None, provider_id: str = "", *, id: str = "", **fields: Any
) -> Receipt:
    """Return a delivery receipt, with its own id unless one is given."""
    values = {"word": status or "?", "at": None, "raw": "{}", **fields}
    return Receipt(id or f"receipt-{next(_numbers)}", status, provider_id=provider_id, **values)


def make_outgoing(body: str = "We are on it", to: str = MIA, **fields: Any) -> NewMessage:
    """Return a message that an agent wants to send."""
    return NewMessage(**{"to": to, "body": body, "account": ACCOUNT, "agent": "ana", **fields})


async def get_conversation(store: Store, party: str = MIA) -> Conversation:
    """Return the existing conversation with a party."""
    found = await store.conversations.find_by_address(parse_address(party))
    assert found is not None
    return found


async def get_message(store: Store, message_id: int) -> Message:
    """Return a message as it is stored now."""
    found = await store.messages.get(message_id)
    assert found is not None
    return found


async def store_sent(store: Store, provider_id: str = "p-1", **fields: Any) -> Message:
    """Store a message that the provider has accepted under this id."""
    queued = await store.intents.queue_message(make_outgoing(**fields))
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, provider_id))
    return await get_message(store, queued.id)


def get_path(store: Store) -> Path:
    """Return the file of a store that is not on a server."""
    assert isinstance(store.location, Path)
    return store.location
