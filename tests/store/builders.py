"""Short ways to say what a provider tells and what an agent asks for."""

import itertools
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.events import Receipt, Reply
from tui.domain.message import Message, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.settling import SendRecord
from tui.store.store import Store

MIA = "+61491570006"
TOM = "+61491570156"
ACCOUNT = "support"

_numbers = itertools.count(1)


def reply(text: str = "Hello", party: str = MIA, *, id: str = "", **fields: Any) -> Reply:
    """A text from a customer; an id of its own unless one is given."""
    values = {"received_at": None, "raw": f'{{"text": {text!r}}}', "own": "+61491570157", **fields}
    return Reply(id or f"reply-{next(_numbers)}", party, text, **values)


def receipt(
    status: Status | None, provider_id: str = "", *, id: str = "", **fields: Any
) -> Receipt:
    """News of a message; an id of its own unless one is given."""
    values = {"word": status or "?", "at": None, "raw": "{}", **fields}
    return Receipt(id or f"receipt-{next(_numbers)}", status, provider_id=provider_id, **values)


def answer(body: str = "We are on it", to: str = MIA, **fields: Any) -> NewMessage:
    """What an agent asks to be sent."""
    return NewMessage(**{"to": to, "body": body, "account": ACCOUNT, "agent": "ana", **fields})


async def conversation_with(store: Store, party: str = MIA) -> Conversation:
    """The conversation with a party that has one."""
    found = await store.conversations.find_by_address(parse_address(party))
    assert found is not None
    return found


async def message(store: Store, message_id: int) -> Message:
    """A message as it is on disk now."""
    found = await store.messages.get(message_id)
    assert found is not None
    return found


async def sent(store: Store, provider_id: str = "p-1", **fields: Any) -> Message:
    """A message that the provider has accepted under this id."""
    queued = await store.intents.queue_message(answer(**fields))
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, provider_id))
    return await message(store, queued.id)
