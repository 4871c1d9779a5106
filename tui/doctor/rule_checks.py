"""Check that what rules name is there: a rule that lacks something acts no more, or in part."""

from collections.abc import Iterator
from contextlib import suppress

from tui.desk.rule_names import collect_names, list_missing
from tui.doctor.checks import CheckResult, report_bad, report_good
from tui.domain.text import format_count
from tui.settings.public import Preferences
from tui.store.errors import StoreError
from tui.store.reader import InboxReader
from tui.store.rule_rows import list_enabled, read_stored_names

_SUBJECT = "rules"


def check_rules(desk: Preferences) -> Iterator[CheckResult]:
    """Check the rules that are on with the accounts and hooks of these settings.

    Args:
        desk: Settings without secrets.
    """
    with suppress(StoreError), InboxReader(desk.database) as reader:  # reported with the database
        rules = reader.read(list_enabled)
        if not rules:
            return
        lines = list_missing(rules, collect_names(reader.read(read_stored_names), desk))
        for line in lines:
            yield report_bad(_SUBJECT, line, "edit the rule (g r), or add what it names")
        if not lines:
            yield report_good(
                _SUBJECT, f"{format_count(len(rules), 'rule')} on; what they name is there"
            )
