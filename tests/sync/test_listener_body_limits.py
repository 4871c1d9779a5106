"""Test that a body of many small parts costs neither time nor the push itself."""

import asyncio
import gzip
import json
import time

import httpx
import pytest

from tests.providers.pushes import SENDERS, open_account
from tui.domain.text import repair_text
from tui.providers.answer import Answer
from tui.providers.errors import UnreadableAnswer
from tui.providers.protocol import Push
from tui.providers.webhook_bodies import LONGEST_BODY, parse_items
from tui.providers.webhook_forms import MOST_FIELDS, BodyRules, parse_form
from tui.providers.webhook_json import MOST_POLLED_VALUES, has_more_values, parse_json
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.held_retry import read_push_beside
from tui.sync.listener import create_listener

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
TEXT = {"content-type": "text/plain"}
XML = {"content-type": "text/xml"}
PARTS = {"content-type": "multipart/form-data; boundary=b"}
GZIP = {**JSON, "content-encoding": "gzip"}
_PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
_SIZE = 2 << 20


def fill(piece: bytes, join: bytes = b"") -> bytes:
    """Return a piece repeated up to two megabytes."""
    return join.join([piece] * (_SIZE // (len(piece) + len(join))))


MANY_PARTS = {
    "empty objects": (JSON, b"[" + fill(b"{}", b",") + b"]", "more than 20,000 values"),
    "objects": (JSON, b"[" + fill(b'{"a":"b","c":1}', b",") + b"]", "more than 20,000 values"),
    "numbers": (JSON, b"[" + fill(b"1.5", b",") + b"]", "more than 20,000 values"),
    "fields": (
        JSON,
        b"{" + b",".join(b'"f%d":"x"' % place for place in range(100_000)) + b"}",
        "more than 20,000 values",
    ),
    "objects as a form": (FORM, b"[" + fill(b"{}", b",") + b"]", "more than 20,000 values"),
    "wrapped": (JSON, b'{"replies":[' + fill(b"{}", b",") + b"]}", "more than 20,000 values"),
    "a text of JSON": (
        JSON,
        json.dumps("[" + "{}," * 100_000 + "{}]").encode(),
        "more than 20,000 values",
    ),
    "an unpacked bomb": (
        GZIP,
        gzip.compress(b"[" + b"{}," * 2_000_000 + b"{}]"),
        "more than 20,000 values",
    ),
    "many pieces": (GZIP, gzip.compress(b"") * 50_000, "more than 100 pieces"),
    "many encodings": (
        {**FORM, "content-encoding": ",".join(["deflate"] * 2_000)},
        b"a=" + b"x" * _SIZE,
        "more than 4 times",
    ),
    "a form": (FORM, b"&".join(b"f%d=x" % n for n in range(100_000)), "more than 20,000"),
    "one known name": (FORM, fill(b"text=a", b"&"), "more than 20,000"),
    "a list": (FORM, fill(b"a[]=x", b"&"), "more than 20,000"),
    "a list of objects": (FORM, fill(b"a[][k]=x", b"&"), "more than 20,000"),
    "a deep form": (FORM, fill(b"a[b][c][d][e]=x", b"&"), "more than 20,000"),
    "lines": (TEXT, fill(b"name: x", b"\n"), "more than 20,000"),
    "multipart": (PARTS, fill(_PART) + b"--b--", "cut or damaged"),
    "elements": (XML, b"<a>" + fill(b"<b/>") + b"</a>", "too many elements"),
    "attributes": (
        XML,
        b"<a " + b" ".join(b'f%d="x"' % place for place in range(100_000)) + b"/>",
        "too many elements",
    ),
    "few attributes each": (
        XML,
        b"<a>" + fill(b"<b " + b" ".join(b'f%d="x"' % n for n in range(50)) + b"/>") + b"</a>",
        "too many elements",
    ),
    "ampersands": (XML, b"<a><b>" + fill(b"&") + b"</b></a>", "too many elements"),
    "references": (XML, b"<a><b>" + fill(b"&#55357;") + b"</b></a>", "too many elements"),
}
ONE_PART = {
    "long integer": (JSON, b'{"a":' + b"9" * _SIZE + b"}"),
    "long fraction": (JSON, b'{"a":1.' + b"9" * _SIZE + b"}"),
    "surrogates": (JSON, b'{"text":"' + fill(b"\\ud83d") + b'"}'),
    "brackets": (FORM, b"a" + fill(b"[]") + b"=x"),
    "escapes": (FORM, b"text=" + fill(b"%C5%BC")),
    "wide escapes": (FORM, b"text=" + fill(b"%u0105")),
    "odd bytes": (FORM, b"text=" + fill(b"\xb1\xb3\xc5")),
    "no part ends": (PARTS, _PART[:-5] + fill(b"\r\n--x")),
    "lines of parts": (PARTS, _PART.replace(b"\r\n", b"\n")[:-3] + fill(b"\n--x")),
    "declaration": (XML, b"<?xml " + b" " * _SIZE),
    "tags": (XML, b"<" * _SIZE),
    "deep": (JSON, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "blanks": (JSON, b" " * _SIZE),
}


def make_push(headers: dict[str, str], body: bytes) -> Push:
    """Return a push with a body."""
    return Push("POST", "/hooks/a/s", "", (), headers, body)


@pytest.mark.parametrize("provider", ["messageport", "serwersms", "smartswitch"])
@pytest.mark.parametrize("name", MANY_PARTS)
async def test_many_parts_are_refused_before_they_are_built(provider: str, name: str) -> None:
    headers, body, reason = MANY_PARTS[name]
    client = open_account(next(sender for sender in SENDERS if sender.provider == provider))
    start = time.process_time()
    answer = await read_push_beside(client, make_push(headers, body))
    # Without the limits these take from 4 seconds to minutes.
    assert time.process_time() - start < 3
    (event,) = answer.events
    assert reason in event.problem  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ONE_PART)
async def test_one_long_part_takes_no_time_either(name: str) -> None:
    client = open_account(SENDERS[2])
    start = time.process_time()
    answer = await read_push_beside(client, make_push(*ONE_PART[name]))
    assert time.process_time() - start < 5
    assert len(answer.events) < 2


@pytest.mark.parametrize("name", ["objects", "fields", "a form", "elements", "an unpacked bomb"])
async def test_what_is_above_the_limit_is_held_whole_and_others_go_on(
    store: Store, name: str
) -> None:
    headers, body, reason = MANY_PARTS[name]
    sender = next(sender for sender in SENDERS if sender.provider == "messageport")
    account = ServedAccount("mp", open_account(sender), hook_secret="s3cret")
    transport = httpx.ASGITransport(create_listener(store, [account]))
    good = "number=61491570156&message=Hello&time=2026-03-04 10:11:12"
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        large = asyncio.create_task(client.post("/hooks/mp/s3cret", content=body, headers=headers))
        other = await client.post("/hooks/mp/s3cret", content=good, headers=FORM)
        assert other.status_code == 200
        assert (await large).status_code == 200
    (item,) = await store.held_items.list_held()
    assert reason in item.reason.text
    whole = await store.held_items.get(item.id)
    assert whole is not None
    assert whole.arrival.body == body
    messages = await store.database.read(
        lambda connection: connection.execute("select body from messages").fetchall()
    )
    assert [row[0] for row in messages] == ["Hello"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{}", 1),
        ('{"a": 1}', 2),
        ('{"a,b:c[d{": "x,y,z"}', 2),
        (r'["\",,,,\\", 1]', 2),
        ('["unclosed,,,,,', 1),
        (r'["a\\", ,', 3),
        ("[1,2,3]", 3),
        ("[[[]]]", 3),
        ("", 0),
    ],
)
def test_values_are_counted_outside_of_texts(text: str, values: int) -> None:
    assert not has_more_values(text, values)
    assert values == 0 or has_more_values(text, values - 1)


def test_a_long_text_with_many_signs_is_one_value() -> None:
    text = "a,b:{c}[d] " * 100_000
    assert parse_json(json.dumps({"text": text})) == {"text": text}


def test_as_many_fields_as_the_limit_are_read() -> None:
    body = b"&".join(b"f%d=x" % place for place in range(MOST_FIELDS))
    (item,) = parse_items(make_push(FORM, body))
    assert len(item.fields) == MOST_FIELDS
    objects = [{"text": str(place)} for place in range(MOST_FIELDS // 3 - 1)]
    found = parse_items(make_push(JSON, json.dumps(objects).encode()))
    assert len(found) == len(objects)


@pytest.mark.parametrize("shift", range(7))
@pytest.mark.parametrize("piece", ["%C5%BC", "%u0105", "ż", "%f0%9f%99%82"])
def test_long_values_are_unescaped_without_a_seam(piece: str, shift: int) -> None:
    sent = "x" * shift + piece * 30_000
    ((_, text),) = parse_form(b"text=" + sent.encode(), parse_rules())
    meant = {"%C5%BC": "ż", "%u0105": "ą", "%f0%9f%99%82": "🙂"}.get(piece, piece)
    assert text == "x" * shift + meant * 30_000


def parse_rules() -> BodyRules:
    """Return rules of a provider with one field."""
    return BodyRules(frozenset({"text"}), frozenset({"text"}))


@pytest.mark.parametrize("shift", range(4))
def test_long_texts_are_repaired_without_a_seam(shift: int) -> None:
    sent = "x" * shift + "\ud83d\ude42" * 70_000 + "\ud83d"
    assert repair_text(sent) == "x" * shift + "🙂" * 70_000 + "\ufffd"


async def test_a_long_answer_is_parsed_beside_and_within_limits() -> None:
    items = [{"id": str(place), "text": "x"} for place in range(2_000)]
    answer = Answer(200, {}, json.dumps(items).encode(), now=0)
    await answer.parse_beside()
    assert answer.parse_json() == items
    assert answer.parse_json() is answer.parse_json()
    start = time.process_time()
    answer = Answer(200, {}, b"[" + b"{}," * (10 << 20) + b"{}]", now=0)
    await answer.parse_beside()
    assert time.process_time() - start < 5
    with pytest.raises(UnreadableAnswer, match=f"more than {MOST_POLLED_VALUES:,} values"):
        answer.parse_json()


@pytest.mark.parametrize("body", [b"\xff\xfe", b"", b"{", b"[" * 200_000, b'"\\ud800"'])
async def test_an_odd_answer_is_an_error_or_a_value(body: bytes) -> None:
    answer = Answer(200, {}, body, now=0)
    await answer.parse_beside()
    if body.startswith(b'"'):
        assert answer.parse_json() == "\ufffd"
    else:
        with pytest.raises(UnreadableAnswer):
            answer.parse_json()
    assert len(body) < LONGEST_BODY
