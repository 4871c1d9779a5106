"""Measure the search for people among 100,000 contacts: `python -m tests.bench.store.people`.

Each contact has one to four numbers and three fields; the names are in nine scripts. The last
10,000 have conversations. The searches are parts of what exists, as an agent types them. "CPU" is
what this process has computed, which others on the machine change little; "read all" is the floor:
one reading of all names and numbers. `--server` measures the same contacts on PostgreSQL as well.
"""

import argparse
import asyncio
import contextlib
import functools
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from statistics import median, quantiles

from tests.bench.server.inboxes import open_inbox, open_inboxes
from tui.clock import ManualClock
from tui.desk.found_people import search_fields, search_people
from tui.domain.database import Database
from tui.domain.person import Person
from tui.domain.searching import parse_search
from tui.store.connections import Connection
from tui.store.engine import Transaction
from tui.store.people import People
from tui.store.sample_data import write_sample_data
from tui.store.store import Store

AT_ONCE, SEARCHES, GOAL_MS = 2_000, 100, 10.0
_SYLLABLES = {
    50: "an na ka ro wa lski ma ria jo zef ko wal czyk no vak le na mi cha el tho mas be ck er",
    12: "ан на ми ха ил ив ов пет ро ва ни ко ла ев ле на со кол се рг ей",
    8: "山 田 太 郎 中 村 花 子 王 李 明 小 林 高 橋 佐 藤 美 咲 陈 伟 张 芳",
    6: "مح مد اح عل ي فا طم ه عب د ال له حس ن سا ر كر يم",
    7: "김 이 박 민 준 서 연 지 우 현 수 영 희 정 최",
    5: "สม ชา ย สุ ดา วิ ไล ประ เส ริ ฐ นา รี มา ลี",
    4: "रा म शर् मा सु नी ता अ नि ल कु मार दे वी",
    3: "דו יד כה ן של ום רב קה לו י מר ים",
    2: "γι ωρ γος μα ρι α παπ αδο που λος νι κος ελ ε νη",
}
"""Syllables of names, by how many of 97 people have such a name."""
_CITIES = ["Warszawa", "Kraków", "Nowy-Sącz", "Sydney", "東京", "Москва", "القاهرة", "서울"]
Search = Callable[[str], Awaitable[object]]


def make_names(rng: random.Random) -> Iterator[str]:
    """Yield names in several scripts; a few first and last names are common, most are rare."""
    scripts = []
    for syllables in _SYLLABLES.values():
        parts = syllables.split()
        blank = "" if parts[0] in "山김" else " "
        firsts = ["".join(rng.choices(parts, k=2)).capitalize() for _ in range(300)]
        lasts = ["".join(rng.choices(parts, k=3)).capitalize() for _ in range(4_000)]
        scripts.append((firsts, lasts, blank))
    of_first = list(accumulate(1 / (5 + n) for n in range(300)))
    of_last = list(accumulate(1 / (20 + n) for n in range(4_000)))
    while True:
        firsts, lasts, blank = rng.choices(scripts, list(_SYLLABLES))[0]
        first = rng.choices(firsts, cum_weights=of_first)[0]
        yield f"{first}{blank}{rng.choices(lasts, cum_weights=of_last)[0]}"


def make_people(rng: random.Random) -> Iterator[Person]:
    """Yield contacts, each with its own numbers."""
    for number, name in enumerate(make_names(rng), 1):
        digits = rng.sample(range(10**8), rng.randint(1, 4))
        starts = ("+485", "+614", "+4477", "+8190")
        numbers = tuple(f"{starts[place % 4]}{one:08d}" for place, one in enumerate(digits))
        order, city = str(rng.randrange(10**7)), rng.choice(_CITIES)
        fields = {"order": order, "city": city, "member": f"M-{number:06d}"}
        yield Person(number, name, "", numbers, fields)


async def fill(store: Store, people: Sequence[Person]) -> None:
    """Store contacts; none of them has a conversation."""
    known: set[str] = set()

    def write_part(part: Sequence[Person], transaction: Transaction) -> None:
        working = People(transaction.connection)
        for person in part:
            if known.isdisjoint(person.numbers):
                known.update(person.numbers)
                working.put(person, 1)
        working.flush()

    for first in range(0, len(people), AT_ONCE):
        part = people[first : first + AT_ONCE]
        await store.database.write(functools.partial(write_part, part))
        await store.database.tend(at_once=True)


def list_searches(rng: random.Random, people: Sequence[Person]) -> dict[str, list[str]]:
    """Return what is typed, by kind: parts of names and numbers of random people."""
    kinds: dict[str, list[str]] = {}
    for person in rng.sample(people, SEARCHES):
        words, number = person.name.split(), person.numbers[-1]
        word = rng.choice(words)
        begin = rng.randrange(len(word))
        first, last = words[0][: rng.randint(1, 3)], words[-1][: rng.randint(1, 4)]
        digits = rng.randint(2, 7)
        place = rng.randrange(4, len(number) - digits + 1)
        for kind, typed in (
            ("one character", rng.choice(word)),
            ("two characters", word[begin : begin + 2]),
            ("beginning of a word", word[: rng.randint(3, 6)]),
            ("middle of a word", word[begin:]),
            ("two words", f"{last} {first}"),
            ("number fragment", number[place : place + digits]),
            ("whole number", f"00{number[1:]}"),
            ("word and number", f"{last} {number[-4:]}"),
            ("field", rng.choice([*person.fields.values()])[: rng.randint(3, 7)]),
            ("not there", f"{word[:3]}q{word[-2:]}"),
            ("one rare character", rng.choice("qxvzйщفㄱ桜๗")),
        ):
            kinds.setdefault(kind, []).append(typed)
    return kinds


def read_all(connection: Connection) -> object:
    """Compare all names and numbers with a text that none has."""
    return connection.execute(
        "select count(*) from contacts where instr(folded, 'qq') > 0"
    ).fetchall()


async def measure(name: str, search: Search, kinds: dict[str, list[str]]) -> None:
    """Print the times of one way to search, for each kind of text."""
    print(f"  {name:27}   median      p95      max  CPU p95")
    for kind, texts in kinds.items():
        times, computed = [], []
        for typed in texts:
            began, cpu_began = time.perf_counter(), time.process_time()
            await search(typed)
            times.append(1_000 * (time.perf_counter() - began))
            computed.append(1_000 * (time.process_time() - cpu_began))
        p95, cpu_p95 = quantiles(times, n=20)[-1], quantiles(computed, n=20)[-1]
        verdict = "" if p95 <= GOAL_MS else f"  over {GOAL_MS:g} ms"
        figures = f"{median(times):8.2f} {p95:8.2f} {max(times):8.2f} {cpu_p95:8.2f}"
        print(f"    {kind:25} {figures}{verdict}")


async def measure_inbox(name: str, database: Database, people: Sequence[Person]) -> None:
    """Fill one inbox and print every figure."""
    async with open_inbox(database) as store:
        began = time.perf_counter()
        await fill(store, people)
        seconds = time.perf_counter() - began
        await write_sample_data(
            store,
            threads=len(people) // 10,
            messages=0,
            now=ManualClock().now(),
            rng=random.Random(3),
        )
        print(f"\n{name}: {len(people):,} contacts, filled in {seconds:.1f} s; times in ms")
        if isinstance(database, Path):
            print(f"  file: {database.stat().st_size / 1e6:.0f} MB")
        contacts = store.contacts
        kinds = list_searches(random.Random(2), people)

        async def search_all(typed: str) -> object:
            return await search_people(store, parse_search(typed, 0, None))

        await contacts.find_numbers("a", 1)
        await measure("12 numbers", lambda typed: contacts.find_numbers(typed, 12), kinds)
        await measure(
            "6 numbers never written to",
            lambda typed: contacts.find_numbers(typed, 6, only_new=True),
            kinds,
        )
        await measure("4 people by a field", lambda typed: search_fields(store, typed, 4), kinds)
        await measure("100 people", lambda typed: contacts.find_people(typed, 100), kinds)
        await measure("search in everything", search_all, kinds)
        others: dict[str, Search] = {
            "list of all": lambda typed: contacts.list_people(None, 100),
            "count of all": lambda typed: contacts.count_people(),
            "read all": lambda typed: store.database.search(read_all),
        }
        for title, search in others.items():
            await measure("", search, {title: [""] * 20})


async def main() -> None:
    """Measure the search on one engine or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="number of contacts")
    parser.add_argument("--server", action="store_true", help="measure PostgreSQL, too")
    arguments = parser.parse_args()
    people = list(islice(make_people(random.Random(1)), arguments.people))
    print(f"Goal: 95 of 100 searches within {GOAL_MS:g} ms on SQLite")
    with contextlib.ExitStack() as stack:
        if arguments.server:
            inboxes = stack.enter_context(open_inboxes(0)).list_empty()
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            inboxes = {"SQLite": Path(folder) / "inbox.db"}
        for name, database in inboxes.items():
            await measure_inbox(name, database, people)


if __name__ == "__main__":
    asyncio.run(main())
