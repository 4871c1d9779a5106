"""List the rules, try one on the texts of the last days, and switch it on or off."""

from tui.desk.rule_book import (
    RuleNotReadyError,
    format_counts,
    format_hit,
    get_day_start,
    list_rule_lines,
    switch_rule,
)
from tui.desk.rule_names import find_missing, read_names
from tui.desk.rule_trial import try_rules
from tui.domain.text import one_line
from tui.plain.session import PlainSession, line_handler
from tui.store.stored_rules import RuleRecord

_MOST_LISTED = 20


@line_handler("rules")
async def show_rules(session: PlainSession, typed: str) -> None:
    """Number the rules; show the chosen one and ask what to do with it.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    today = get_day_start(session.context.clock.now(), session.context.zone)
    records = await session.store.rules.list_records(today)
    lines = [
        f"{one_line(record.rule.name, 40)}: {'on' if record.rule.enabled else 'off'}, "
        f"{format_counts(record)}{'; failed' if record.problem else ''}"
        for record in records
    ]
    session.dialog.write_line("smsdesk rules import and export add and change them, as a file.")
    place = await session.dialog.choose_item("Rules", lines, typed)
    if place is not None:
        await _handle_rule(session, records[place])


async def _handle_rule(session: PlainSession, record: RuleRecord) -> None:
    """Show all about a rule, and do what the agent chooses."""
    rule = record.rule
    for line in list_rule_lines(record):
        session.dialog.write_line(line)
    switch = "Switch it off" if rule.enabled else "Dry run, then switch it on"
    place = await session.dialog.choose_item("What to do", [switch, "Dry run only"])
    if place is None:
        return
    if place == 1 or not rule.enabled:
        await _show_trial(session, record)
    if place == 1:
        return
    is_wanted = rule.enabled or await session.dialog.ask_yes_no(f"Switch {rule.name} on?")
    if is_wanted:
        await _switch(session, record)


async def _show_trial(session: PlainSession, record: RuleRecord) -> None:
    """Show what a rule would have done."""
    context = session.context
    result = await try_rules(session.store, context.preferences, [record.rule], context.clock.now())
    for hit in result.hits[-_MOST_LISTED:]:
        session.dialog.write_line(format_hit(hit, context.zone))
    session.dialog.write_line(f"{result.summary}. Nothing was done or sent.")
    names = await read_names(session.store, context.preferences)
    if missing := find_missing(record.rule, names):
        session.dialog.write_line(f"It lacks something: {missing}.")


async def _switch(session: PlainSession, record: RuleRecord) -> None:
    """Switch a rule and confirm it."""
    context, rule = session.context, record.rule
    try:
        text = await switch_rule(
            session.store,
            rule.name,
            context.agent,
            on=not rule.enabled,
            preferences=context.preferences,
        )
    except RuleNotReadyError as problem:
        text = str(problem)
    session.dialog.write_line(f"{one_line(text, 300)}.")
