"""Define the result of a check."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Outcome of a check."""

    GOOD = "good"
    NOTE = "note"
    """Works, but the user should know about it."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of one check."""

    subject: str
    verdict: Verdict
    line: str
    """State in one line; it may contain text from outside."""
    # The field's name is the key in `smsdesk doctor --json`.
    mend: str = ""
    """How to fix it; empty if nothing is to be done."""


def report_good(subject: str, line: str) -> CheckResult:
    """Return the result of a check that passed.

    Args:
        subject: What was checked.
        line: State in one line.
    """
    return CheckResult(subject, Verdict.GOOD, line)


def report_note(subject: str, line: str, fix: str = "") -> CheckResult:
    """Return a result that works but is worth knowing.

    Args:
        subject: What was checked.
        line: State in one line.
        fix: How to fix it; empty if nothing is to be done.
    """
    return CheckResult(subject, Verdict.NOTE, line, fix)


def report_bad(subject: str, line: str, fix: str = "") -> CheckResult:
    """Return the result of a check that failed.

    Args:
        subject: What was checked.
        line: State in one line.
        fix: How to fix it; empty if no fix is known.
    """
    return CheckResult(subject, Verdict.BAD, line, fix)
