"""Urlencoded bodies and queries as the providers' own libraries write them, bytes and all."""

from collections.abc import Iterable
from urllib.parse import parse_qsl

Pairs = list[tuple[str, bytes]]
Tree = dict[str, "str | Tree"]

MAX_DEPTH = 8


def byte_pairs(raw: bytes) -> Pairs:
    """Names and still undecoded values, in their order, repeated ones too."""
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [(_utf8(name.encode("latin-1")), value.encode("latin-1")) for name, value in pairs]


def text_pairs(raw: bytes) -> list[tuple[str, str]]:
    """Names and values, both in UTF-8."""
    return [(name, _utf8(value)) for name, value in byte_pairs(raw)]


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Names such as `phone[]` and `messages[0][text]` unfolded into lists and objects."""
    tree: Tree = {}
    for name, value in ((name, value) for name, value in pairs if name):
        _put(tree, _path(name), value)
    return {name: _plain(branch) for name, branch in tree.items()}


def _utf8(octets: bytes) -> str:
    """Text that is shown with replacement characters where it is not UTF-8."""
    return octets.decode("utf-8", "replace")


def _path(name: str) -> list[str]:
    """`a[b][]` as `a`, `b` and an empty name, which means "the next number"."""
    head, bracket, rest = name.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        return [name]
    return [head, *rest[:-1].split("][")][:MAX_DEPTH]


def _put(tree: Tree, path: list[str], value: str) -> None:
    """Put a value where its path says."""
    name, *rest = path
    key = name or str(len(tree))
    if not rest:
        tree[key] = value
        return
    branch = tree.get(key)
    if not isinstance(branch, dict):
        branch = tree[key] = {}
    _put(branch, rest, value)


def _plain(branch: "str | Tree") -> object:
    """A branch whose names are all numbers becomes a list."""
    if isinstance(branch, str):
        return branch
    values = [_plain(inner) for inner in branch.values()]
    return values if all(map(str.isdecimal, branch)) else dict(zip(branch, values, strict=True))
