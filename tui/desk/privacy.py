"""Forget a customer, for the screen, line mode and the command line; and retention in words.

Nothing of it can be undone, so an agent types the number again first.
"""

import glob
from collections.abc import Sequence
from pathlib import Path

from tui.clock import Clock
from tui.desk.format import format_date_time
from tui.desk.permissions import explain_missing_level
from tui.domain.conversation import Conversation
from tui.domain.json_fields import format_iso_time
from tui.domain.phone import (
    Address,
    InvalidNumberError,
    format_phone_number,
    parse_address,
    parse_destination,
)
from tui.domain.text import format_count, one_line
from tui.store.forget_plan import ForgetPlan
from tui.store.lead_rights import KEPT_DATA
from tui.store.leases import CHECKPOINT, LONGEST_LEASE_MS
from tui.store.retention import RetentionPlan
from tui.store.store import Store

_LOOK_SECONDS = 0.5
_MEGABYTE = 1 << 20
WRONG_NUMBER = "Nothing was erased: that is not the number"


def parse_customer(typed: str, regions: Sequence[str | None]) -> list[Address]:
    """Return the addresses that a typed number may be, the likeliest first.

    Args:
        typed: Number as it was typed, or a short code or name.
        regions: Countries (ISO) in which a number without a country code may be.
    """
    found: dict[str, Address] = {}
    for region in dict.fromkeys(regions):
        try:
            address = parse_destination(typed, region or None)
        except InvalidNumberError:
            continue
        found.setdefault(address.conversation_key, address)
    plain = parse_address(typed)
    found.setdefault(plain.conversation_key, plain)
    return list(found.values())


def is_confirmed(plan: ForgetPlan, typed: str, regions: Sequence[str | None]) -> bool:
    """Return whether an agent has typed one of the customer's numbers.

    Args:
        plan: What would be erased.
        typed: What was typed.
        regions: Countries (ISO) in which a number without a country code may be.
    """
    if not typed.strip():
        return False
    return any(one.conversation_key in plan.parties for one in parse_customer(typed, regions))


def describe_forgetting(plan: ForgetPlan, database: object = None) -> list[str]:
    """Return what would be erased and what stays, as sentences for the agent who confirms it.

    Args:
        plan: What would be erased.
        database: Path of the inbox file, to name the backups beside it.
    """
    numbers = ", ".join(one_line(format_phone_number(number), 30) for number in plan.numbers)
    who = f"{one_line(', '.join(plan.names), 60)} ({numbers})" if plan.names else numbers
    parts = [
        format_count(plan.messages, "message"),
        format_count(plan.files, "file"),
        format_count(len(plan.payloads) + len(plan.reports), "raw payload"),
    ]
    if plan.texts_to_many:
        parts.append(f"{format_count(plan.texts_to_many, 'place')} in texts to many")
    sentences = [
        f"{who}: {', '.join(parts)}, with the name, notes, fields, drafts, labels and history",
        "It cannot be undone",
        "The opt-out stays: the number cannot be texted"
        if plan.opted_out
        else "Nothing stays: the customer has not opted out",
    ]
    backups = list_backups(database) if isinstance(database, Path) else []
    if backups:
        names = ", ".join(one_line(str(path), 200) for path in backups)
        sentences.append(f"Still in these backups, delete them or keep them locked away: {names}")
    if plan.named_in:
        named = one_line(", ".join(plan.named_in), 300)
        sentences.append(f"Named in what agents share, which stays until you change it: {named}")
    sentences.append("Backups elsewhere, exports and the provider's own records still have it")
    return sentences


def list_backups(inbox: Path) -> list[Path]:
    """Return the files in the folder of an inbox whose names begin like its own.

    They can be copies in any form, also compressed ones and exports; settings are none.

    Args:
        inbox: Path of the inbox.
    """
    beside = inbox.parent.glob(f"{glob.escape(inbox.stem)}*")
    return sorted(
        path
        for path in beside
        if path.is_file()
        and path != inbox
        and not path.name.startswith(f"{inbox.name}-")
        and path.suffix != ".toml"
    )


def describe_forgotten(plan: ForgetPlan, database: object, *, is_scrubbed: bool) -> str:
    """Return the confirmation after a customer was erased, in one line.

    Args:
        plan: What was erased.
        database: Path of the inbox file, or a database on a server.
        is_scrubbed: Whether the free space of the database is overwritten as well.
    """
    later = ""
    if not is_scrubbed:
        is_file = isinstance(database, Path)
        later = "the file is being overwritten" if is_file else "the server overwrites it by vacuum"
        later = f"; {later}"
    kept = "; the opt-out stays" if plan.opted_out else ""
    return f"Erased {format_count(plan.messages, 'message')} and everything else{kept}{later}"


async def finish_scrubbing(store: Store, clock: Clock, seconds: float) -> bool:
    """Wait until what was erased is overwritten; do it here if no process maintains the database.

    Args:
        store: Store shared by all agents.
        clock: Source of the current time.
        seconds: Longest time to wait.

    Returns:
        Whether nothing is left to overwrite.
    """
    end = clock.monotonic() + seconds
    while await store.scrubbing.is_wanted():
        if await store.leases.acquire_lease(
            CHECKPOINT, duration_ms=LONGEST_LEASE_MS, preferred=False
        ):
            try:
                if await store.scrubbing.run():
                    return True
            finally:
                await store.leases.release_lease(CHECKPOINT)
        if clock.monotonic() >= end:
            return False
        await clock.sleep(_LOOK_SECONDS)
    return True


async def measure_customer(
    store: Store, typed: str, regions: Sequence[str | None]
) -> ForgetPlan | None:
    """Return what is stored of the customer with a typed number, or None for nothing.

    Args:
        store: Store shared by all agents.
        typed: Number as it was typed.
        regions: Countries (ISO) in which a number without a country code may be.
    """
    for address in parse_customer(typed, regions):
        plan = await store.forgetting.measure(address)
        if not plan.is_empty:
            return plan
    return None


async def measure_conversation(store: Store, conversation: Conversation) -> ForgetPlan:
    """Return what is stored of the customer of a conversation.

    Args:
        store: Store shared by all agents.
        conversation: The conversation.
    """
    return await store.forgetting.measure(parse_address(conversation.party))


async def explain_obstacle(store: Store, plan: ForgetPlan, agent: str) -> str:
    """Return why an agent cannot erase a customer now, as a sentence; "" if it is possible.

    Args:
        store: Store shared by all agents.
        plan: What would be erased.
        agent: Name of the agent.
    """
    refusal = await explain_missing_level(store, agent, KEPT_DATA)
    return refusal or f"{plan.obstacle[:1].upper()}{plan.obstacle[1:]}"


def describe_remains(database: object) -> str:
    """Return what stays in a database after rows were deleted, for its documentation in a command.

    Args:
        database: Path of the inbox file, or a database on a server.
    """
    if isinstance(database, Path):
        return "the file was written anew, and its log emptied"
    return (
        "the server overwrites the rows when it vacuums its tables (autovacuum; VACUUM FULL at"
        " once), and its write-ahead log and archives keep them for a while"
    )


def format_retention(plan: RetentionPlan) -> list[str]:
    """Return what would be deleted, a line for each month and one for all."""
    lines = ["month     messages  conversations    files         MB"]
    for name, count in [*sorted(plan.months.items()), ("in all", plan.total)]:
        lines.append(
            f"{name:<7} {count.messages:>10,}  {len(count.conversations):>13,} {count.files:>8,}"
            f" {count.bytes / _MEGABYTE:>10,.1f}"
        )
    if plan.payloads:
        lines.append(f"and {format_count(plan.payloads, 'raw payload')} as old")
    if plan.starred:
        lines.append(f"kept: {format_count(plan.starred, 'message')} of starred conversations")
    if plan.unfinished:
        lines.append(
            f"kept: {format_count(plan.unfinished, 'message')} not finished, or maybe sent"
        )
    if plan.oldest_kept is not None:
        lines.append(f"the oldest message that stays is of {format_date_time(plan.oldest_kept)}")
    return lines


def retention_to_json(plan: RetentionPlan, days: int, *, deleted: int | None) -> dict[str, object]:
    """Return what would be deleted as JSON.

    Args:
        plan: What would be deleted.
        days: Age in days from which messages are deleted.
        deleted: Number of messages that were deleted; None for a dry run.
    """
    months = {
        month: {
            "messages": count.messages,
            "conversations": len(count.conversations),
            "files": count.files,
            "bytes": count.bytes,
        }
        for month, count in sorted(plan.months.items())
    }
    return {
        "days": days,
        "messages": plan.total.messages,
        "conversations": len(plan.total.conversations),
        "files": plan.total.files,
        "bytes": plan.total.bytes,
        "payloads": plan.payloads,
        "kept_starred": plan.starred,
        "kept_unfinished": plan.unfinished,
        "oldest_kept": format_iso_time(plan.oldest_kept),
        "months": months,
        "deleted": deleted,
    }


def plan_to_json(plan: ForgetPlan, *, erased: bool) -> dict[str, object]:
    """Return what is stored of a customer as JSON, without any of its texts.

    Args:
        plan: What is stored.
        erased: Whether it was erased.
    """
    return {
        "numbers": list(plan.numbers),
        "conversations": [str(identity) for identity in plan.conversations],
        "messages": plan.messages,
        "files": plan.files,
        "payloads": len(plan.payloads) + len(plan.reports),
        "texts_to_many": plan.texts_to_many,
        "contact": plan.has_contact,
        "opted_out": plan.opted_out,
        "named_in": list(plan.named_in),
        "obstacle": plan.obstacle or None,
        "erased": erased,
    }
