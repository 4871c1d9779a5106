"""The people of one transaction: which numbers, name, note and fields each of them has.

Every number of a person is a row of `contacts` with the same `person`, name and note, so that what
asks for the name of a number needs one row. The rows are read set by set, changed here, and
written together.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tui.domain.person import Person, fold_contact
from tui.store.connections import Connection
from tui.store.queries import insert_rows, queries
from tui.store.rows import to_dict


class People:
    """Working set of the people that some numbers belong to."""

    def __init__(self, connection: Connection, parties: Iterable[str] = ()) -> None:
        """Load the people of some numbers, with all their numbers and fields.

        Args:
            connection: Connection of the caller's transaction.
            parties: Conversation keys of numbers.
        """
        self._connection = connection
        self._sql = queries("contacts")
        self._rows: dict[str, dict[str, Any]] = {}
        self._parties: dict[int, set[str]] = {}
        """Numbers of each person."""
        self._fields: dict[int, dict[str, str]] = {}
        self._stored_rows: dict[str, dict[str, Any]] = {}
        self._stored_fields: dict[int, dict[str, str]] = {}
        keys = json.dumps(sorted(set(parties)))
        self._add_rows(self._sql.people_of(connection, keys=keys))

    def load(self, person: int) -> Person | None:
        """Load a person by id; return None if there is none."""
        keys = json.dumps([person])
        self._add_rows(self._sql.numbers_of_people(self._connection, keys=keys))
        return self.get(person)

    def find_owner(self, party: str) -> int:
        """Return the person that has a number; 0 for none."""
        row = self._rows.get(party)
        return row["person"] if row else 0

    def get(self, person: int) -> Person | None:
        """Return a person as it is now, or None if it has no number."""
        rows = self._list_rows(person)
        if not rows:
            return None
        first = rows[0]
        numbers = tuple(row["party"] for row in rows)
        fields = dict(self._fields.get(person, {}))
        return Person(person, first["name"], first["note"], numbers, fields)

    def put(self, person: Person, now: int) -> None:
        """Make a person exactly this; numbers that others have are taken from them.

        Args:
            person: Person with its id.
            now: Current time in ms UTC.
        """
        for party in self._parties.setdefault(person.id, set()) - set(person.numbers):
            self._remove_row(party)
        for place, party in enumerate(person.numbers):
            row = {
                "party": party,
                "person": person.id,
                "place": place,
                "name": person.name,
                "note": person.note,
                "folded": fold_contact(person.name, party),
            }
            known = self._rows.get(party, {"updated_at": 0})
            if {**row, "updated_at": known["updated_at"]} != known:
                if party in self._rows:
                    self._remove_row(party)
                self._rows[party] = {**row, "updated_at": now}
                self._parties[person.id].add(party)
        self._fields[person.id] = dict(person.fields) if person.numbers else {}

    def flush(self) -> None:
        """Write what has changed."""
        connection, sql = self._connection, self._sql
        for person in self._parties:
            # The main number of a person has the place 0, also after a number was taken away.
            for place, row in enumerate(self._list_rows(person)):
                if row["place"] != place:
                    self._rows[row["party"]] = {**row, "place": place}
        gone = [{"party": party} for party in self._stored_rows if party not in self._rows]
        changed = [row for p, row in self._rows.items() if row != self._stored_rows.get(p)]
        if gone:
            sql.drop(connection, gone)
        if changed:
            sql.save(connection, [{**row, "now": row["updated_at"]} for row in changed])
        self._flush_fields()
        self._stored_rows = dict(self._rows)
        self._stored_fields = {p: dict(f) for p, f in self._fields.items()}

    def _flush_fields(self) -> None:
        """Write the fields that have changed; those of people without a number are gone."""
        living = {person for person, parties in self._parties.items() if parties}
        dropped, saved = [], []
        for person in {*self._fields, *self._stored_fields}:
            now = self._fields.get(person, {}) if person in living else {}
            before = self._stored_fields.get(person, {})
            dropped += [{"person": person, "name": name} for name in before if name not in now]
            saved += [
                make_field_row(person, name, value)
                for name, value in now.items()
                if before.get(name) != value
            ]
        if dropped:
            self._sql.drop_field(self._connection, dropped)
        if saved:
            self._sql.save_field(self._connection, saved)

    def _add_rows(self, found: Iterable[Any]) -> None:
        """Remember rows of `contacts` as they are stored, with the fields of their people."""
        rows = [to_dict(row) for row in found]
        for row in rows:
            if row["party"] not in self._stored_rows:
                self._rows[row["party"]] = self._stored_rows[row["party"]] = row
                self._parties.setdefault(row["person"], set()).add(row["party"])
        people = {row["person"] for row in rows} - self._stored_fields.keys()
        if not people:
            return
        keys = json.dumps(sorted(people))
        for person in people:
            self._stored_fields[person] = {}
        for field in self._sql.fields_of_people(self._connection, keys=keys):
            self._stored_fields[field["person"]][field["name"]] = field["value"]
        for person in people:
            self._fields[person] = dict(self._stored_fields[person])

    def _list_rows(self, person: int) -> list[dict[str, Any]]:
        """Return the rows of a person in their order."""
        rows = [self._rows[party] for party in self._parties.get(person, ())]
        return sorted(rows, key=lambda row: (row["place"], row["party"]))

    def _remove_row(self, party: str) -> None:
        """Take a number from the person that has it."""
        self._parties[self._rows.pop(party)["person"]].discard(party)


def find_person(connection: Connection, party: str) -> Person | None:
    """Return the person that has a number, or None.

    Args:
        connection: Connection that reads.
        party: Conversation key of the number.
    """
    row = queries("contacts").contact(connection, party=party)
    return read_person(connection, row["person"]) if row else None


def read_person(connection: Connection, person: int) -> Person | None:
    """Return a person by id, or None.

    Args:
        connection: Connection that reads.
        person: Id of the person.
    """
    return next(iter(read_people(connection, [person])), None)


def read_people(connection: Connection, people: Iterable[int]) -> list[Person]:
    """Return people by their ids, in this order; those that do not exist are left out.

    Args:
        connection: Connection that reads.
        people: Ids of the people.
    """
    sql, ids = queries("contacts"), list(people)
    keys = json.dumps(ids)
    rows: dict[int, list[Any]] = {}
    for row in sql.numbers_of_people(connection, keys=keys):
        rows.setdefault(row["person"], []).append(row)
    fields: dict[int, dict[str, str]] = {}
    for field in sql.fields_of_people(connection, keys=keys):
        fields.setdefault(field["person"], {})[field["name"]] = field["value"]
    return [
        Person(
            person,
            rows[person][0]["name"],
            rows[person][0]["note"],
            tuple(row["party"] for row in rows[person]),
            fields.get(person, {}),
        )
        for person in ids
        if person in rows
    ]


def make_field_row(person: int, name: str, value: str) -> dict[str, Any]:
    """Return a field as it is stored.

    Args:
        person: Id of the person.
        name: Name of the field.
        value: Its value.
    """
    # Imported late: the patterns of the tokeniser are not needed before the first field.
    from tui.domain.tokens import to_index_text

    return {"person": person, "name": name, "value": value, "terms": to_index_text(value)}


# Merging ------------------------------------------------------------------------------------


def snapshot_people(connection: Connection, parties: Iterable[str]) -> dict[str, Any]:
    """Return the stored rows of the people that have these numbers, for the undo of a merge.

    Args:
        connection: Connection of the caller's transaction.
        parties: Conversation keys of numbers.
    """
    sql, keys = queries("contacts"), json.dumps(sorted(parties))
    rows = [to_dict(row) for row in sql.people_of(connection, keys=keys)]
    people = json.dumps(sorted({row["person"] for row in rows}))
    fields = [to_dict(row) for row in sql.fields_of_people(connection, keys=people)]
    return {"contacts": rows, "fields": fields}


def restore_people(
    connection: Connection, before: Mapping[str, Any], after: Mapping[str, Any], gone: str
) -> None:
    """Separate two people whose conversations were merged.

    Where they have not changed since, all is as before. Otherwise what has changed stays with the
    person that was kept, and the other one gets back its numbers, name, note and fields.

    Args:
        connection: Connection of the caller's transaction.
        before: Snapshot before the merge.
        after: Snapshot after it.
        gone: Conversation key of the number whose conversation was merged into the other.
    """
    parties = [row["party"] for row in (*before["contacts"], *after["contacts"])]
    if snapshot_people(connection, parties) == after:
        rows, fields = before["contacts"], before["fields"]
        people = {row["person"] for row in (*rows, *after["contacts"])}
    else:
        people = {row["person"] for row in before["contacts"] if row["party"] == gone}
        rows = [row for row in before["contacts"] if row["person"] in people]
        fields = [row for row in before["fields"] if row["person"] in people]
        if people == {row["person"] for row in before["contacts"]}:
            return  # there was one person, or none, before
    sql = queries("contacts")
    dropped = {row["party"] for row in rows}
    if rows is before["contacts"]:
        dropped |= {row["party"] for row in after["contacts"]}
        old = after["fields"]
        sql.drop_field(connection, [{"person": f["person"], "name": f["name"]} for f in old])
    sql.drop(connection, [{"party": party} for party in sorted(dropped)])
    insert_rows(connection, "contacts", rows)
    sql.save_field(connection, [make_field_row(**row) for row in fields])


def join_people(
    connection: Connection, kept: str, gone: str, *, is_same_number: bool = False
) -> None:
    """Make the people of two numbers one person.

    Args:
        connection: Connection of the caller's transaction.
        kept: Conversation key of the number whose person stays; its name and fields win.
        gone: Conversation key of a number of the other person.
        is_same_number: Whether it is another form of the same number, which is then left out.
    """
    people = People(connection, [kept, gone])
    other = people.get(people.find_owner(gone))
    if other is None:
        return
    own = people.get(people.find_owner(kept)) or Person(other.id, "", "", (kept, *other.numbers))
    note = own.note
    if own.id != other.id or not own.name:
        notes = [own.note, other.note]
        if own.name and other.name not in ("", own.name):
            notes.append(f"Also named {other.name}")
        note = "\n".join(dict.fromkeys(text for text in notes if text))
    numbers = dict.fromkeys((*own.numbers, *other.numbers))
    if is_same_number:
        numbers = dict.fromkeys(kept if number == gone else number for number in numbers)
    fields = {**other.fields, **own.fields}
    joined = Person(own.id, own.name or other.name, note, tuple(numbers), fields)
    rows = queries("contacts").people_of(connection, keys=json.dumps([kept, gone]))
    people.put(joined, max(row["updated_at"] for row in rows))
    people.flush()
