"""An opt-out confirmed, recorded, lifted with a reason, or a suspicion dismissed."""

from tui.desk.consent import read_consent_status
from tui.plain.desk import PlainSession
from tui.plain.reading import show_consent

_MAX_REASON_LENGTH = 300


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
        session.dialog.write_line(
            "Let in again only who has asked for it; their opt-out stays on record."
        )
        if reason := await _ask_reason(session, typed):
            session.dialog.write_line(
                f"{await session.actions.consent.record_opt_in(row, reason)}."
            )
    else:
        session.dialog.write_line(
            "After an opt-out nobody can text this customer, through any account."
        )
        if reason := await _ask_reason(session, typed):
            session.dialog.write_line(
                f"{await session.actions.consent.record_opt_out(row, reason)}."
            )
    await session.refresh_conversation()


async def _ask_reason(session: PlainSession, typed: str) -> str:
    """Return how the customer asked for it; empty if nothing is to be recorded."""
    reason = typed or await session.dialog.ask_line(
        "How did the customer say so? Empty records nothing: "
    )
    if not reason.strip():
        session.dialog.write_line("Nothing was recorded.")
    return reason.strip()[:_MAX_REASON_LENGTH]


async def dismiss_suspicion(session: PlainSession, typed: str) -> None:
    """Record that the suspected message is not an opt-out.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    row = await session.refresh_conversation()
    suspicion = (await read_consent_status(session.store, row)).possible_opt_out
    if suspicion is None:
        session.dialog.write_line("Nothing here is suspected of being an opt-out.")
    else:
        session.dialog.write_line(
            f"{await session.actions.consent.dismiss_possible_opt_out(row, suspicion)}."
        )
