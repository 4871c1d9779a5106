"""Test that the sets of statuses in SQL are those of the domain.

Partial indexes need the statuses as constants, so the queries that use them name them as well.
"""

import re
from pathlib import Path

from tui.domain.status import PENDING_STATUSES, PROBLEM_STATUSES, Status

STORE = Path(__file__).parents[2] / "tui" / "store"
STATUS_LIST = re.compile(r"\bstatus (?:not )?in \(([^)]*)\)")
KNOWN_SETS = {
    "pending": PENDING_STATUSES,
    "problem": PROBLEM_STATUSES,
    "failed for certain": PROBLEM_STATUSES - {Status.UNCERTAIN},
    "not sent": frozenset({Status.CANCELLED, Status.QUEUED, Status.SCHEDULED}),
    "not received": (PROBLEM_STATUSES - {Status.UNCERTAIN}) | {Status.CANCELLED},
    "waiting for its time": frozenset({Status.QUEUED, Status.SCHEDULED}),
}


def test_every_status_list_in_sql_is_a_set_of_the_domain() -> None:
    found = [
        (path.name, frozenset(re.findall(r"'(\w+)'", listed)))
        for path in sorted(STORE.rglob("*.sql"))
        for listed in STATUS_LIST.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) >= 10
    unknown = [(name, statuses) for name, statuses in found if statuses not in KNOWN_SETS.values()]
    assert unknown == []
