"""Say of every table and column that holds text whether it can hold a customer, and what erases it.

A new table, or a new column of a table whose rows are not deleted as a whole, has to be added
here: `test_personal_columns.py` names what is missing.
"""

from collections.abc import Mapping


def _split(names: str) -> frozenset[str]:
    """Return the names of a text."""
    return frozenset(names.split())


WHOLE_ROWS = _split(
    "aliases answers attachments bulk_recipients compose_locks contact_fields contacts "
    "conversation_labels conversations drafts looks mentions merged_drafts merges messages "
    "note_drafts presence redirects rule_queue rule_timers indexed_people"
)
"""Tables of which all rows of a customer are deleted, whatever columns they have."""
FILE_ONLY = frozenset({"indexed_people"})
"""Those of them that a server does not have."""
SEARCH_INDEX = _split(
    "messages_fts messages_fts_config messages_fts_data messages_fts_docsize messages_fts_idx "
    "people_fts people_fts_config people_fts_data people_fts_docsize people_fts_idx "
    "fields_fts fields_fts_config fields_fts_data fields_fts_docsize fields_fts_idx"
)
"""Tables of the indexes of the search; what they have of a customer is removed one by one."""

SCANNED = _split(
    "arrivals.body arrivals.headers arrivals.query arrivals.reason arrivals.tail "
    "arrivals.target events.copy events.event_id events.own events.problem "
    "events.provider_key events.raw events.reason audit.detail"
)
"""Columns that are searched for the number; a row with it is deleted, a line of history blanked."""
WITH_THE_ROW = _split("audit.action journal.detail consent.evidence")
"""Columns that go, or are blanked, with what they belong to."""
MASKED = _split(
    "accounts.credit_reason accounts.line alarm_deliveries.line bulk_texts.body event_runs.line "
    "event_targets.line rules.problem sent_alarms.text"
)
"""Texts of the desk and lines of programs, in which number and name are replaced."""
SHARED = _split(
    "rules.content rules.name saved_views.content saved_views.name template_values.name "
    "template_values.value templates.actions templates.body templates.name view_notices.name"
)
"""What agents wrote for all: `forget` says where the customer is named, and they change it."""
KEPT = frozenset({"consent.party"})
"""The opt-out itself."""

HARMLESS: Mapping[str, str] = {
    "names of agents": "agent_choices.agent agent_levels.agent agents.name arrivals.done_by"
    " audit.agent bulk_texts.agent consent.agent erasures.agent journal.agent listeners.agent"
    " processes.agent rule_turns.agent saved_views.agent saved_views.owner team_members.agent"
    " templates.agent templates.owner view_notices.agent view_notices.owner",
    "names of teams": "rule_turns.team team_members.team teams.name",
    "names of accounts and of hooks": "accounts.name arrivals.account event_runs.target"
    " event_targets.name events.account leases.name listeners.account probes.account"
    " refusals.account sent_alarms.account alarm_deliveries.channel",
    "processes and addresses of ours": "accounts.holder event_runs.owner event_targets.owner"
    " leases.owner listeners.address listeners.full_address listeners.host listeners.owner"
    " processes.owner",
    "one of a few fixed words": "accounts.health agent_levels.level arrivals.cause"
    " arrivals.channel arrivals.http_version arrivals.method arrivals.source arrivals.state"
    " bulk_texts.night bulk_texts.state changes.subject consent.source events.kind events.status"
    " journal.kind listeners.kind processes.kind refusals.refusal sent_alarms.kind",
    "numbers, prices and codes": "accounts.balance events.code events.price events.word",
    "advice of ours, without values": "events.advice",
    "a digest of a whole payload": "arrivals.digest events.digest",
    "a place in the list of a provider, or a random word": "accounts.receipt_cursor"
    " accounts.reply_cursor probes.nonce inbox_identity.id",
    "hours, and times as they are typed": "agent_choices.name agent_choices.value"
    " desk_hours.holidays desk_hours.week desk_hours.zone",
    "names of counters, with agents": "counters.name",
    "of the schema": "meta.application",
}
"""Columns that cannot hold a customer, by the reason."""


def list_classified() -> dict[str, str]:
    """Return the class of each column that stands here; one in two classes fails."""
    classes = {
        "scanned": SCANNED,
        "with the row": WITH_THE_ROW,
        "masked": MASKED,
        "shared": SHARED,
        "kept": KEPT,
        **{reason: _split(columns) for reason, columns in HARMLESS.items()},
    }
    found: dict[str, str] = {}
    for name, columns in classes.items():
        for column in columns:
            assert column not in found, f"{column}: {found[column]}, and {name}"
            found[column] = name
    return found
