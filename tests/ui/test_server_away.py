"""Test the screen and line mode while the database server is away, and when it is back."""

from collections.abc import Iterator

import pytest

from tests.conftest import OpenStore
from tests.contexts import make_context
from tests.plain.conftest import Typist
from tests.shared_server import SharedServer
from tests.store.builders import MIA, TOM, make_reply
from tests.store.cutting_proxy import COMMIT, CuttingProxy
from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.message import Direction
from tui.store.postgres import connection_thread, server_writing
from tui.store.store import Store

AWAY = "The database server does not answer since"


@pytest.fixture
def proxy(database_server: SharedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[CuttingProxy]:
    monkeypatch.setattr(connection_thread, "_RETRY_SECONDS", 0.02)
    monkeypatch.setattr(server_writing, "_PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr("tui.store.feed._RETRY_SECONDS", 0.05)
    monkeypatch.setattr("tui.desk.draft_writer._RETRY_SECONDS", 0.05)
    with CuttingProxy(database_server.get_empty_inbox()) as proxy:
        yield proxy


@pytest.fixture
async def other(proxy: CuttingProxy, open_store: OpenStore) -> Store:
    """Return a colleague's store, with a direct way to the server."""
    other = await open_store(proxy.direct, owner="other", seed=9)
    await other.ingest.store_events("au", [make_reply("first of Mia"), make_reply("Tom", TOM)])
    return other


@pytest.fixture
async def away(
    proxy: CuttingProxy, other: Store, open_store: OpenStore, clock: ManualClock
) -> Desk:
    """Return the app over an inbox behind the proxy."""
    return Desk(await open_store(proxy.database), clock, make_context(clock))


@BOTH_SIZES
async def test_one_line_stays_while_the_server_is_away(
    away: Desk, proxy: CuttingProxy, other: Store, size: tuple[int, int]
) -> None:
    async with away.open(size):
        await away.open_thread(MIA)
        await away.shows("first of Mia")
        proxy.close()
        await away.shows(AWAY, "it goes on by itself")
        assert away.text().count("database server") == 1
        await other.ingest.store_events("au", [make_reply("second of Mia")])
        proxy.open_again()
        await away.shows("second of Mia")
        await away.hides(AWAY)
        await other.ingest.store_events("au", [make_reply("third of Mia")])
        await away.shows("third of Mia")


async def test_a_key_that_fails_says_so_and_what_repeats_it(
    away: Desk, proxy: CuttingProxy
) -> None:
    async with away.open(WIDE):
        await away.open_thread(MIA)
        proxy.close()
        await away.shows(AWAY)
        for _ in range(30):  # more than the errors after which the app ends
            await away.command("star")
        await away.shows("Nothing was done: the database server does not answer; s repeats it")
        proxy.open_again()
        await away.hides(AWAY)
        await away.command("star")
        await away.shows("Starred")


async def test_what_is_typed_while_the_server_is_away_is_saved_and_sent_later(
    away: Desk, proxy: CuttingProxy, other: Store
) -> None:
    async with away.open(WIDE):
        await away.open_thread(MIA)
        await away.command("reply")
        await away.until(lambda: away.inbox.is_composer_focused, "the composer")
        await away.type("hello")
        await wait_until(lambda: _has_draft(other, away))
        proxy.close()
        await away.shows(AWAY)
        await away.type(" there")
        await away.shows("The draft is not saved yet")
        await away.press("enter")
        await away.shows("Nothing was sent: the database server does not answer")
        assert away.typed == "hello there"
        proxy.open_again()
        await away.hides(AWAY)

        async def is_saved() -> bool:
            thread = await away.thread(MIA)
            drafts = await other.drafts.list_drafts(away.app_context.agent)
            return [(d.conversation_id, d.body) for d in drafts] == [(thread.id, "hello there")]

        await wait_until(is_saved)
        await away.press("enter")
        await wait_until(lambda: _count_sent(other, away, "hello there"))
        assert away.typed == ""


async def test_a_text_that_was_stored_at_the_last_moment_is_not_doubled(
    away: Desk, proxy: CuttingProxy, other: Store
) -> None:
    async with away.open(WIDE):
        await away.open_thread(MIA)
        await away.command("reply")
        await away.until(lambda: away.inbox.is_composer_focused, "the composer")
        await away.type("hello")
        await wait_until(lambda: _has_draft(other, away))
        # The first commit takes the lock of the composer, and the second one stores the text.
        rule = proxy.cut_at(
            COMMIT, is_passed=True, closes_proxy=True, after=b"insert into messages"
        )
        await away.press("enter")
        await away.shows("look whether this was sent")
        assert rule.has_struck
        assert away.typed == "hello"
        proxy.open_again()
        await away.hides(AWAY)
        for _ in range(2):
            await away.press("enter")
            await away.keys_done()
        assert await _count_sent(other, away, "hello") == 1


async def test_leaving_says_that_a_draft_is_not_saved(away: Desk, proxy: CuttingProxy) -> None:
    async with away.open(WIDE):
        await away.open_thread(MIA)
        await away.command("reply")
        await away.until(lambda: away.inbox.is_composer_focused, "the composer")
        proxy.close()
        await away.type("hello")
        await away.shows("The draft is not saved yet")
        await away.press("escape", "q")
        await away.shows("is not saved and would be lost")


async def test_line_mode_says_it_once_and_goes_on(
    proxy: CuttingProxy, other: Store, open_store: OpenStore, clock: ManualClock
) -> None:
    typist = Typist(await open_store(proxy.database), clock, make_context(clock))
    typist.start()
    await typist.wait_for_prompt("the first prompt")
    proxy.close()
    await wait_until(lambda: any(AWAY in line for line in typist.output))
    await typist.type("1")
    assert any("Nothing was done: the database server" in line for line in typist.output)
    proxy.open_again()
    await wait_until(lambda: any("answers again" in line for line in typist.output))
    assert sum(AWAY in line for line in typist.output) == 1
    await other.ingest.store_events("au", [make_reply("news")])
    await wait_until(lambda: any("news" in line for line in typist.output))
    await typist.leave()


async def _count_sent(store: Store, desk: Desk, body: str) -> int:
    """Return how often a text is stored as sent by the agent."""
    thread = await desk.thread(MIA)
    found = await store.messages.list_before(thread.id, 1 << 62, 100)
    return sum(m.direction is Direction.OUT and m.body == body for m in found)


async def _has_draft(store: Store, desk: Desk) -> bool:
    """Return whether a draft of the agent is stored."""
    return bool(await store.drafts.list_drafts(desk.app_context.agent))
