"""Parse urlencoded bodies and queries as the providers' own libraries write them, byte by byte."""

from collections.abc import Iterable
from urllib.parse import parse_qsl

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
