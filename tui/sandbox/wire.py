"""Read and write HTTP bodies, JSON and forms; shared by all emulators.

Urlencoded bodies and queries are parsed as the providers' own libraries write them, byte by byte.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from tui.sandbox.push import PushRequest


class InvalidBody(ValueError):
    """The request's body is not the JSON object that was expected."""


def to_json_response(value: object, status: int = 200) -> Response:
    """Return a JSON answer in ASCII escapes, because replies may contain lone surrogates.

    Args:
        value: Value to encode.
        status: HTTP status.
    """
    return Response(json.dumps(value), status, media_type="application/json")


async def read_json(request: Request) -> object:
    """Return the parsed body; raise `InvalidBody` for anything that is not JSON in UTF-8."""
    body = await request.body()
    try:
        parsed: object = json.loads(body)
    # Deeply nested brackets raise RecursionError; a hostile body must not end as a status 500.
    except (ValueError, RecursionError) as error:
        raise InvalidBody("the body is not valid JSON") from error
    return parsed


async def read_object(request: Request) -> dict[str, object]:
    """Return the parsed body; raise `InvalidBody` unless it is a JSON object."""
    parsed = await read_json(request)
    if not isinstance(parsed, dict):
        raise InvalidBody("the body is not a JSON object")
    return parsed


def format_iso(at: int) -> str:
    """Return a time as `2025-11-04T05:12:31.408Z`.

    Args:
        at: Time in milliseconds UTC.
    """
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Pairs = list[tuple[str, bytes]]
Tree = dict[str, "str | Tree"]

MAX_DEPTH = 8


def parse_byte_pairs(raw: bytes) -> Pairs:
    """Return names and still undecoded values in their order, including repeated ones.

    Args:
        raw: Urlencoded query or body.
    """
    # Latin-1 maps every byte to one character and back, so values stay undecoded until the
    # caller knows their charset.
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [
        (_decode_utf8(name.encode("latin-1")), value.encode("latin-1")) for name, value in pairs
    ]


def parse_text_pairs(raw: bytes) -> list[tuple[str, str]]:
    """Return names and values, both decoded as UTF-8.

    Args:
        raw: Urlencoded query or body.
    """
    return [(name, _decode_utf8(value)) for name, value in parse_byte_pairs(raw)]


def nest_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return names such as `phone[]` and `messages[0][text]` as lists and objects.

    Args:
        pairs: Names and values in their order.
    """
    tree: Tree = {}
    for name, value in ((name, value) for name, value in pairs if name):
        _put_value(tree, _split_name(name), value)
    return {name: _to_plain(subtree) for name, subtree in tree.items()}


def _decode_utf8(octets: bytes) -> str:
    """Decode bytes, with replacement characters where they are not UTF-8."""
    return octets.decode("utf-8", "replace")


def _split_name(name: str) -> list[str]:
    """Split `a[b][]` into `a`, `b` and an empty name, which means "the next number"."""
    head, bracket, rest = name.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        return [name]
    # The limit protects the recursive functions below from a name with thousands of brackets.
    return [head, *rest[:-1].split("][")][:MAX_DEPTH]


def _put_value(tree: Tree, path: list[str], value: str) -> None:
    """Put a value where its path says."""
    name, *rest = path
    # An empty name (`a[]`) appends, as in PHP.
    key = name or str(len(tree))
    if not rest:
        tree[key] = value
        return
    subtree = tree.get(key)
    if not isinstance(subtree, dict):
        subtree = tree[key] = {}
    _put_value(subtree, rest, value)


def _to_plain(subtree: "str | Tree") -> object:
    """Convert a subtree to plain values; one whose names are all numbers becomes a list."""
    if isinstance(subtree, str):
        return subtree
    values = [_to_plain(inner) for inner in subtree.values()]
    return values if all(map(str.isdecimal, subtree)) else dict(zip(subtree, values, strict=True))


FORM = "application/x-www-form-urlencoded"


def encode_form(fields: Mapping[str, object]) -> bytes:
    """Return a form in UTF-8.

    A lone surrogate becomes the three bytes that a careless encoder writes.

    Args:
        fields: Fields of the form; values are converted with `str`.
    """
    return urlencode(fields, errors="surrogatepass").encode("ascii")


def build_form_push(
    url: str, fields: Mapping[str, object], pauses: tuple[float, ...], delivered: Callable[[], None]
) -> PushRequest:
    """Return a POST of a form.

    Args:
        url: Address of the desk.
        fields: Fields of the form.
        pauses: Seconds before each repetition.
        delivered: Called once when the desk has accepted it.
    """
    return PushRequest(
        url,
        encode_form(fields),
        headers={"Content-Type": FORM},
        pauses=pauses,
        on_delivered=delivered,
    )
