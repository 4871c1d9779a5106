"""Show the accounts in line mode: their state, what to do about them, and their addresses."""

import asyncio

from tui.desk import format
from tui.desk.account_text import (
    find_accounts_in_trouble,
    format_hook_troubles,
    format_last_push,
    format_listener,
    list_account_notices,
)
from tui.desk.held_text import find_fix, format_group
from tui.desk.panel_addresses import list_address_lines
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.attention import AttentionKind
from tui.domain.text import one_line, to_printable
from tui.plain.session import PlainSession, line_handler
from tui.settings.errors import SettingsError


@line_handler("accounts")
async def list_accounts(session: PlainSession, typed: str) -> None:
    """Show the state of every account as text; "i addresses" and "i try" do what F3 does.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line: "addresses" (or "a") shows what to enter at the providers'
            panels, "try" (or "t") has accounts in trouble tried again; anything else is ignored.
    """
    word = typed.strip().lower()
    if word and "addresses".startswith(word):
        await _list_addresses(session)
        return
    if word and "try".startswith(word):
        await _try_again(session)
        return
    states, now = await session.store.accounts.get_states(), session.context.clock.now()
    held = await session.store.held_items.summarize()
    for account in session.context.accounts:
        state = states.get(account.name)
        zone = session.context.zone
        _, health, _ = format.format_account_health(account, state, now, ascii=True, zone=zone)
        facts = [health, state.health.value if state else "not polled yet"]
        if state and state.line:
            facts.append(one_line(state.line, 300))
        if state and state.balance:
            facts.append(
                f"balance {one_line(state.balance, 40)}{' low' if account.is_low(state) else ''}"
            )
        if listening := format_listener(state, now, zone):
            facts += [listening, format_last_push(state, now, zone)]
        session.dialog.write_line(", ".join(facts) + ".")
        facts = [format_group(group) for group in held if group.account == account.name]
        for line in facts:
            session.dialog.write_line(f"{account.name}: {line}.")
        for notice in list_account_notices(account, state, now, zone):
            if notice.kind is AttentionKind.HELD:
                continue
            session.dialog.write_line(f"{account.name}: {notice.line}. To do: {notice.fix}.")
    names = {account.name for account in session.context.accounts}
    for group in held:
        if group.account not in names:
            name = f"{one_line(group.account, 40)} (not in the settings any more)"
            fix = find_fix(group, names)
            session.dialog.write_line(f"{name}: {format_group(group)}. To do: {fix}.")
    await _show_hook_troubles(session)
    if not session.context.accounts:
        session.dialog.write_line(f"{NO_ACCOUNT.sentence}.")


async def _show_hook_troubles(session: PlainSession) -> None:
    """Show which hooks and webhooks of the settings failed last."""
    if names := session.context.preferences.event_targets:
        targets, now = await session.store.event_targets.list_targets(), session.context.clock.now()
        for line in format_hook_troubles(targets, names, now, session.context.zone):
            session.dialog.write_line(f"{line}. To do: run smsdesk hooks.")


async def _try_again(session: PlainSession) -> None:
    """Have every account that is in trouble tried again at once."""
    names = await find_accounts_in_trouble(session.store, session.context)
    for name in names:
        await session.store.accounts.request_retry(name)
    session.dialog.write_line(
        f"Trying again: {', '.join(names)}." if names else "Every account works."
    )


async def _list_addresses(session: PlainSession) -> None:
    """Show what to enter at the providers' panels; each address is one whole line."""
    load = session.context.load_addresses
    try:
        entries = await asyncio.to_thread(load) if load is not None else []
    except SettingsError as error:
        session.dialog.write_line(f"{one_line(error.lines[0], 300)}.")
        return
    for entry in entries:
        session.dialog.write_line(f"{one_line(entry.title, 100)}:")
        for line in list_address_lines(entry):
            session.dialog.write_line(to_printable(line))
    if not entries:
        session.dialog.write_line("No account needs an address at its provider.")
