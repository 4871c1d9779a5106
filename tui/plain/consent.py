"""An opt-out confirmed, recorded, lifted with a reason, or a suspicion dismissed."""

from tui.desk.consenting import standing_of
from tui.plain.desk import Desk
from tui.plain.reading import say_standing

_LONGEST = 300


async def consent(desk: Desk, typed: str) -> None:
    """The next step there is."""
    row = await desk.refresh()
    suspicion = (await standing_of(desk.store, row)).suspicion
    if suspicion is not None:
        await say_standing(desk)
        if await desk.talk.agreed("Does the customer want no more texts?"):
            desk.talk.say(f"{await desk.actions.consent.opt_out(row, suspicion.body, suspicion)}.")
    elif row.opted_out:
        desk.talk.say("Let in again only who has asked for it; their opt-out stays on record.")
        if reason := await _reason(desk, typed):
            desk.talk.say(f"{await desk.actions.consent.opt_in(row, reason)}.")
    else:
        desk.talk.say("After an opt-out nobody can text this customer, through any account.")
        if reason := await _reason(desk, typed):
            desk.talk.say(f"{await desk.actions.consent.opt_out(row, reason)}.")
    await desk.refresh()


async def _reason(desk: Desk, typed: str) -> str:
    """How the customer said so; empty when nothing is to be recorded."""
    reason = typed or await desk.talk.ask("How did the customer say so? Empty records nothing: ")
    if not reason.strip():
        desk.talk.say("Nothing was recorded.")
    return reason.strip()[:_LONGEST]


async def not_opt_out(desk: Desk, typed: str) -> None:
    """The suspected text asks for something else."""
    row = await desk.refresh()
    suspicion = (await standing_of(desk.store, row)).suspicion
    if suspicion is None:
        desk.talk.say("Nothing here is suspected of being an opt-out.")
    else:
        desk.talk.say(f"{await desk.actions.consent.no_opt_out(row, suspicion)}.")
