"""Record or lift the opt-out of a customer, or forget the customer."""

from tui.desk.consent import read_consent_status
from tui.desk.erased_copies import forget_customer as erase_customer
from tui.desk.format import format_title
from tui.desk.privacy import (
    WRONG_NUMBER,
    describe_forgetting,
    describe_forgotten,
    explain_obstacle,
    is_confirmed,
    measure_conversation,
)
from tui.domain.text import one_line
from tui.plain.lists import show_first_page
from tui.plain.reading import show_consent
from tui.plain.session import PlainSession, line_handler

_MAX_REASON_LENGTH = 300


@line_handler("consent")
async def change_consent(session: PlainSession, typed: str) -> None:
    """Confirm, record or lift an opt-out, whichever applies.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    row = await session.refresh_conversation()
    suspicion = (await read_consent_status(session.store, row)).possible_opt_out
    if suspicion is not None:
        await show_consent(session)
        if await session.dialog.ask_yes_no("Does the customer want no more texts?"):
            session.dialog.write_line(
                f"{await session.actions.consent.record_opt_out(row, suspicion.body, suspicion)}."
            )
    elif row.opted_out:
        session.dialog.write_line("Only if the customer asked for it; the opt-out stays on record.")
        if reason := await _ask_reason(session, typed):
            session.dialog.write_line(
                f"{await session.actions.consent.record_opt_in(row, reason)}."
            )
    else:
        session.dialog.write_line(
            "After an opt-out no agent can text this customer, through any account."
        )
        if reason := await _ask_reason(session, typed):
            session.dialog.write_line(
                f"{await session.actions.consent.record_opt_out(row, reason)}."
            )
    await session.refresh_conversation()


async def _ask_reason(session: PlainSession, typed: str) -> str:
    """Return how the customer asked for it; empty if nothing is to be recorded."""
    reason = typed or await session.dialog.ask_line(
        "How did the customer ask for it? Empty cancels: "
    )
    if not reason.strip():
        session.dialog.write_line("Nothing was recorded.")
    return reason.strip()[:_MAX_REASON_LENGTH]


@line_handler("not_opt_out")
async def dismiss_suspicion(session: PlainSession, typed: str) -> None:
    """Record that the suspected message is not an opt-out.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    row = await session.refresh_conversation()
    suspicion = (await read_consent_status(session.store, row)).possible_opt_out
    if suspicion is None:
        session.dialog.write_line("No possible opt-out here.")
    else:
        session.dialog.write_line(
            f"{await session.actions.consent.dismiss_possible_opt_out(row, suspicion)}."
        )


@line_handler("forget")
async def forget_customer(session: PlainSession, typed: str) -> None:
    """Erase everything of the customer but the opt-out, once the number was typed again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    row, context = await session.refresh_conversation(), session.context
    plan = await measure_conversation(session.store, row)
    if obstacle := await explain_obstacle(session.store, plan, context.agent):
        session.dialog.write_line(f"{obstacle}.")
        return
    for sentence in describe_forgetting(plan, context.preferences.database):
        session.dialog.write_line(f"{sentence}.")
    regions = (context.preferences.default_region, *(one.region for one in context.accounts))
    name = one_line(format_title(row), 30)
    answer = await session.dialog.ask_line(f"Type the number of {name} again to erase all this: ")
    if not is_confirmed(plan, answer, regions):
        session.dialog.write_line(f"{WRONG_NUMBER}.")
        return
    done = await erase_customer(session.store, plan, context.agent, context.log_file)
    session.leave_conversation()
    database = session.context.preferences.database
    session.dialog.write_line(f"{describe_forgotten(done, database, is_scrubbed=False)}.")
    await show_first_page(session)
