"""Test that a push in any notation reaches its conversation through the listener."""

import httpx
import pytest

from tests.providers.pushes import (
    NOTATIONS,
    SENDERS,
    Sender,
    is_sent,
    open_account,
    pack_gzip,
)
from tui.providers.protocol import Push
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.listener import create_listener

SECRET = "s3cret-part"
HOOK = f"/hooks/desk/{SECRET}"
TEXTS = {
    "form": ("Größe & 100%", "utf-8"),
    "form without +": ("Größe?", "windows-1252"),
    "query": ("wer? ich & du", "utf-8"),
    "multipart": ("Привет\nпока", "utf-8"),
    "multipart of files": ("مرحبا", "utf-8"),
    "json": ("今天 👩‍👩‍👧", "utf-16"),
    "lines with =": ("see https://x.example/?a=1&b=2\nand more", "utf-8"),
    "lines with :": ("ありがとう", "utf-8"),
    "xml": ("Ωμέγα & <b>", "windows-1253"),
}


def vary(sender: Sender, number: int) -> dict[str, str]:
    """Return other values for the fields that identify a reply."""
    ids = {"reply_id", "msg_id", "id", "message_id", "reference"}
    return {name: f"{value}{number}" for name, value in sender.others.items() if name in ids}


async def send(client: httpx.AsyncClient, push: Push) -> httpx.Response:
    """Send a push as a provider does."""
    query = push.path.partition("?")[2]
    url = f"{HOOK}?{query}" if query else HOOK
    return await client.request(push.method, url, content=push.body, headers=dict(push.headers))


@pytest.mark.parametrize("sender", SENDERS, ids=[s.provider for s in SENDERS])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
async def test_every_notation_is_stored_in_one_conversation(
    store: Store, sender: Sender, packed: bool
) -> None:
    served = ServedAccount("desk", open_account(sender), hook_secret=SECRET)
    transport = httpx.ASGITransport(create_listener(store, [served]))
    expected = []
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        for number, (notation, (text, charset)) in enumerate(TEXTS.items()):
            if not is_sent(sender, notation):
                continue
            fields = sender.build_fields(text) | vary(sender, number)
            push = NOTATIONS[notation](fields, charset)
            answer = await send(client, pack_gzip(push) if packed and push.body else push)
            assert answer.status_code == 200
            expected.append(text)
    rows = await store.database.read(
        lambda c: c.execute("select body, conversation_id from messages order by id").fetchall()
    )
    assert [row["body"].replace("\r\n", "\n") for row in rows] == expected
    assert len({row["conversation_id"] for row in rows}) == 1
    assert len(await store.held_items.list_held()) == 0
    await served.provider.aclose()
