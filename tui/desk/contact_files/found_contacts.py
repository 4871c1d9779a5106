"""What was read of a file of contacts: the people, and what was not taken, with its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.desk.contact_files.number_cells import NumberCell, NumberProblem
from tui.desk.contact_files.own_export import make_contact
from tui.domain.person import check_field
from tui.domain.record_type import record
from tui.domain.templates import InvalidCannedReplyError
from tui.domain.text import format_count
from tui.store.contacts import Contact


@record
class Skipped:
    """A row, a card or a number that was not taken. Texts are from outside."""

    place: str
    """Where it stands: "line 4", or "card 2"."""
    reason: str
    detail: str = ""
    """What stands there and what to do about it; not in the summary."""

    def __str__(self) -> str:
        """Return place, reason and detail on one line."""
        return f"{self.place}: {self.reason}{f': {self.detail}' if self.detail else ''}"


@dataclass(slots=True)
class ReadContacts:
    """What was read of a file."""

    contacts: list[Contact] = field(default_factory=list)
    """One for each number; those of one person follow each other."""
    rows: int = 0
    """Rows or cards that gave contacts."""
    fields: tuple[str, ...] = ()
    """Names of the own fields that the file gives contacts."""
    skipped: list[Skipped] = field(default_factory=list)
    """Rows or cards that gave none."""
    left_out: list[Skipped] = field(default_factory=list)
    """Numbers of rows that have another, valid number."""
    code_page: str = ""
    """Encoding that was taken, if the file does not say it itself."""

    @property
    def summary(self) -> str:
        """Return what was not taken and how the file was read, to follow "3 contacts imported"."""
        parts = []
        for found, noun in ((self.skipped, "row"), (self.left_out, "number")):
            if found:
                more = f"; {len(found) - 1} more" if len(found) > 1 else ""
                done = "skipped" if noun == "row" else "left out"
                first = f"{found[0].place}: {found[0].reason}"
                parts.append(f"{format_count(len(found), noun)} {done} ({first}{more})")
        if self.fields:
            more = f" and {len(self.fields) - 3} more" if len(self.fields) > 3 else ""
            names = ", ".join(f"{{{name}}}" for name in self.fields[:3])
            parts.append(f"with {'field' if len(self.fields) == 1 else 'fields'} {names}{more}")
        if self.code_page:
            parts.append(f"read as {self.code_page}")
        return "".join(f", {part}" for part in parts)

    @property
    def details(self) -> list[str]:
        """Return a line for each row and number that was not taken, in the order of the file."""
        return [str(found) for found in (*self.skipped, *self.left_out)]


def add_person(
    found: ReadContacts,
    place: str,
    cells: Sequence[NumberCell],
    name: str,
    note: str,
    fields: Sequence[tuple[str, str]] = (),
) -> None:
    """Add a contact for each number of a person, or say why there is none."""
    numbers = list(dict.fromkeys(number for cell in cells for number in cell.numbers))
    problems = [problem for cell in cells for problem in cell.problems]
    if any(number[0] == "+" for number in numbers):
        # Beside a phone number, few digits are the end of another one rather than a short code.
        problems += [
            NumberProblem("no valid number", f'"{n}" (too short)') for n in numbers if n[0] != "+"
        ]
        numbers = [number for number in numbers if number[0] == "+"]
    if not numbers:
        problem = problems[0] if problems else NumberProblem("no number")
        detail = ", ".join(text for text in (problem.detail, name) if text)
        found.skipped.append(Skipped(place, problem.reason, detail))
        return
    found.rows += 1
    kept = check_fields(found, place, fields)
    found.contacts += [make_contact(number, name, note, kept, numbers) for number in numbers]
    found.left_out += [Skipped(place, problem.reason, problem.detail) for problem in problems]


def check_fields(
    found: ReadContacts, place: str, fields: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Return the fields that can be stored; name the others."""
    kept = []
    for name, value in fields:
        try:
            own = check_field(name, value)
        except InvalidCannedReplyError as problem:
            found.left_out.append(Skipped(place, "a field left out", str(problem)))
        else:
            kept.append((own.name, own.value))
    known = dict.fromkeys((*found.fields, *(name for name, _ in kept)))
    if len(known) > len(found.fields):
        found.fields = tuple(known)
    return tuple(kept)
