"""What a check comes back with."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a thing is."""

    GOOD = "good"
    NOTE = "note"
    """Works, and is worth knowing."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    verdict: Verdict
    line: str
    """How it is; it may hold outside text."""
    mend: str = ""
    """What to do about it; empty where nothing is to be done."""


def good(subject: str, line: str) -> Finding:
    """All is well."""
    return Finding(subject, Verdict.GOOD, line)


def note(subject: str, line: str, mend: str = "") -> Finding:
    """It works, but."""
    return Finding(subject, Verdict.NOTE, line, mend)


def bad(subject: str, line: str, mend: str = "") -> Finding:
    """It does not work."""
    return Finding(subject, Verdict.BAD, line, mend)
