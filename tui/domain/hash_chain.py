"""Write records so that a change is found: each line has a hash of itself and of all before it.

A line is `{"hash":…,"record":…}` in one spelling only, so that no byte of it can differ. The first
record is a header; the last one, the seal, names the number of lines and the hash before it.
With a key the hashes are HMACs, which only those who have the key can make.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tui.domain.record_type import record

HEADER, SEAL, MESSAGE = "header", "seal", "message"
PLAIN, KEYED = "sha256", "hmac-sha256"
FORMAT = 1


class BrokenChainError(ValueError):
    """Raised for the first line that is not as it was written."""

    def __init__(self, number: int, problem: str) -> None:
        """Create the error.

        Args:
            number: Number of the line, from 1 on.
            problem: What is wrong with it.
        """
        super().__init__(f"line {number}: {problem}")
        self.number = number
        self.problem = problem


class UncheckedChainError(BrokenChainError):
    """Lines that can not be checked in this way: another key or format, and nothing is known."""


@record
class VerifiedChain:
    """A file in which nothing was changed."""

    header: Mapping[str, Any]
    messages: int
    final_hash: str


def chain_records(records: Iterable[Mapping[str, Any]], key: bytes = b"") -> Iterator[str]:
    """Yield the lines of a chain, with its header marked and its seal added.

    Args:
        records: The header, and everything after it.
        key: Secret for HMACs; empty for plain hashes.
    """
    previous, count = "", 0
    for entry in records:
        if not count:
            entry = {**entry, "type": HEADER, "format": FORMAT, "chain": _name_method(key)}
        count += 1
        previous = _hash_record(previous, entry, key)
        yield _format_line(previous, entry)
    seal = {"type": SEAL, "lines": count, "last_hash": previous}
    yield _format_line(_hash_record(previous, seal, key), seal)


def verify_chain(lines: Iterable[bytes], key: bytes = b"") -> VerifiedChain:
    """Return what a chain contains if no byte of it has changed.

    Args:
        lines: Lines of the file with their ends.
        key: Secret with which it was made; empty for plain hashes.

    Raises:
        BrokenChainError: A line was changed, removed, added or moved, or the end is missing.
    """
    previous, count, messages = "", 0, 0
    header: Mapping[str, Any] = {}
    seal: Mapping[str, Any] | None = None
    for number, line in enumerate(lines, 1):
        if seal is not None:
            raise BrokenChainError(number, "there is something after the seal")
        record, found = _parse_line(number, line)
        if number == 1:
            header = _check_header(record, key)
        if not hmac.compare_digest(found, _hash_record(previous, record, key)):
            wrong = "its hash is wrong: it, or a line before it, was changed or removed"
            if key and number == 1:
                wrong = "its hash is wrong: it was changed, or the file has another key"
            raise BrokenChainError(number, wrong)
        if record.get("type") == SEAL:
            if record != {"type": SEAL, "lines": count, "last_hash": previous}:
                raise BrokenChainError(number, "the seal names other lines")
            seal = record
        count += 1
        messages += record.get("type") == MESSAGE
        previous = found
    if seal is None:
        raise BrokenChainError(count + 1, "the seal is missing: lines were cut off at the end")
    return VerifiedChain(header, messages, previous)


def _name_method(key: bytes) -> str:
    """Return how the hashes are made."""
    return KEYED if key else PLAIN


def _check_header(record: Mapping[str, Any], key: bytes) -> Mapping[str, Any]:
    """Return the header, or raise `BrokenChainError` if these lines cannot be checked."""
    if record.get("type") != HEADER:
        raise BrokenChainError(1, "it is no header: lines were removed, or it is another file")
    if record.get("format") != FORMAT:
        raise UncheckedChainError(1, "it has a format that this version does not know")
    method = record.get("chain")
    if method == KEYED and not key:
        raise UncheckedChainError(1, "it was made with a key: name the same file with --sign-key")
    if method == PLAIN and key:
        raise UncheckedChainError(1, "it was made without a key: leave out --sign-key")
    return record


def _parse_line(number: int, line: bytes) -> tuple[Mapping[str, Any], str]:
    """Return record and hash of a line that is spelled as `_format_line` does it."""
    problem = BrokenChainError(number, "it is not as smsdesk wrote it")
    try:
        parsed = json.loads(line)
        record, found = parsed["record"], parsed["hash"]
        if not isinstance(record, dict) or not isinstance(found, str):
            raise problem
        spelled = (_format_line(found, record) + "\n").encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise problem from None
    if spelled != line:
        raise problem
    return record, found


def _hash_record(previous: str, record: Mapping[str, Any], key: bytes) -> str:
    """Return the hash of a record and of everything before it."""
    content = (previous + _to_canonical(record)).encode()
    if key:
        return hmac.new(key, content, hashlib.sha256).hexdigest()
    return hashlib.sha256(content).hexdigest()


def _format_line(found: str, record: Mapping[str, Any]) -> str:
    """Return a line without its end."""
    return _to_canonical({"hash": found, "record": record})


def _to_canonical(value: Mapping[str, Any]) -> str:
    """Return a value in the one spelling that is hashed: sorted, compact, pure ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
