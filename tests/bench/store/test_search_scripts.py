"""Test that a search stays fast at each key press with a million messages in several scripts.

Run it with `python -m pytest -m bench -s tests/bench/store/test_search_scripts.py`.
"""

import random
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench.store.many_scripts import COMMON, write_texts
from tests.bench.store.recording import create_plain_store
from tests.bench.store.test_queries import MESSAGES, SEARCH_MS, THREADS, measure_p95
from tests.store.builders import ACCOUNT
from tui.clock import ManualClock
from tui.store.progress_report import ignore_progress
from tui.store.sample_data import write_sample_data
from tui.store.sample_source import SampleSource
from tui.store.sqlite.index_rebuild import rebuild_index
from tui.store.store import Store

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1_800)]

TYPED = [
    *(
        "o",
        "or",
        "ord",
        "order",
        "order parcel",
        "the a",
        "t a o",
        "parcel xyzzy",
        "deliverynumber",
    ),
    *(
        "zie",
        "się",
        "一",
        "一丁",
        "一丁七",
        "丁一丂七",
        "あぃ",
        "あぃいぅ",
        "กข",
        "กขกข",
        "가",
        "가각",
    ),
    *("ا", "ال", "الطلب", "טל", "משלוח", "👍", "👨‍👩‍👧", "thanks 👍", '"the order"', "don't"),
    *("1", "12", "123", "1234", "12345", "2026", "2026-0", "2026-03-1", "0491", "0491 5"),
    *("0491 570 156", "+61 491 570 156", "pl12", "pl1234567890", "4 1"),
]


@pytest.fixture(scope="module")
async def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a file with that many conversations and messages."""
    path = tmp_path_factory.mktemp("scripts") / "inbox.db"
    async with create_plain_store(path) as store:
        await write_sample_data(
            store,
            threads=THREADS,
            messages=MESSAGES,
            now=ManualClock().now(),
            rng=random.Random(2),
            source=SampleSource(
                questions=write_texts(1),
                answers=write_texts(2),
                accounts=((ACCOUNT, "+61491570157"),),
            ),
        )
    return path


@pytest.fixture
async def big_store(path: Path) -> AsyncIterator[Store]:
    """Return the open store of this file."""
    async with create_plain_store(path) as store:
        yield store


def test_the_index_is_built_again_within_minutes(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("begin")
    connection.execute("insert into messages_fts (messages_fts) values ('delete-all')")
    began = time.perf_counter()
    rebuild_index(connection, ignore_progress)
    connection.execute("commit")
    seconds = time.perf_counter() - began
    (size,) = connection.execute("select sum(length(block)) from messages_fts_data").fetchone()
    connection.close()
    print(f"\nindex: {MESSAGES / seconds:,.0f} messages/s, {size / 1e6:.0f} MB", end="")
    assert seconds < 300


@pytest.mark.parametrize("words", TYPED)
async def test_searching_while_typing_is_fast(big_store: Store, words: str) -> None:
    async def search() -> None:
        await big_store.messages.search_text(words, limit=20)

    assert await measure_p95(f"search {words!r}", search) <= SEARCH_MS


@pytest.mark.parametrize("word", COMMON[9:16])
async def test_every_beginning_of_a_common_word_is_fast(big_store: Store, word: str) -> None:
    async def type_word() -> None:
        for end in range(1, len(word) + 1):
            await big_store.messages.search_text(word[:end], limit=20)

    assert await measure_p95(f"typing {word!r}", type_word) <= SEARCH_MS * len(word)
