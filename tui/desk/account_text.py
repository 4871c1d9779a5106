"""Put into sentences what a person should look at about an account, and what to do about it."""

from collections.abc import Collection, Iterable
from datetime import tzinfo

from tui.clock import DAY
from tui.commands import get_first_keys
from tui.desk.context import AppContext
from tui.desk.format import find_shown_health, format_age, format_attention, format_moment
from tui.domain.account import Account, AccountState, Health, NeededSetting
from tui.domain.attention import CROWD_SHOWN_MS, Attention, AttentionKind, list_attentions
from tui.domain.record_type import record
from tui.domain.text import format_span, one_line
from tui.store.store import Store
from tui.store.target_rows import EventTarget

LISTENER_FIX = "keep smsdesk sync --listen running, or set listen and keep an inbox open"
SERVICE_FIX = "keep smsdesk sync running, or an inbox of an agent who may read the secrets"
_SETTINGS_FIX = "set hook_secret, listen and public_url, then keep smsdesk sync running"
_ADDRESS_FIX = (
    "enter the address at the provider again (a in F3, or smsdesk doctor, shows it); "
    "this mark goes when smsdesk sync is restarted, or after a day"
)
_CROWD_FIX = "if it goes on, block or limit them in the firewall or the reverse proxy"
_CREDIT_FIX = (
    "top the account up; try now (t in F3, i try in line mode), or wait until the balance is "
    "read again"
)
_CLOCK_FIX = (
    "check this computer's time and date; what waits goes on by itself, and this mark goes with "
    "the next answer of the provider"
)


@record
class AccountNotice:
    """What a person should look at, as sentences without a full stop."""

    kind: AttentionKind
    line: str
    fix: str


def list_account_notices(
    account: Account, state: AccountState | None, now: int, zone: tzinfo | None = None
) -> list[AccountNotice]:
    """Return what a person should look at about an account, the worst first.

    Args:
        account: The account.
        state: Its last known state, or None.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    notices = [
        _describe_attention(attention, account, state, now, zone)
        for attention in list_attentions(account, state, now)
    ]
    if account.missing_secret is not None:
        line, fix = describe_missing_secret(account.missing_secret)
        notices.append(AccountNotice(AttentionKind.NO_SECRET, line, fix))
    return notices


def describe_missing_secret(need: NeededSetting) -> tuple[str, str]:
    """Return what it means that the secret of pushed replies is not set, and what to do.

    Args:
        need: The setting.
    """
    line = f"{need.name} is not set, so replies are refused. {need.reason.rstrip('.')}"
    return line, need.fix


def _describe_attention(
    attention: Attention,
    account: Account,
    state: AccountState | None,
    now: int,
    zone: tzinfo | None,
) -> AccountNotice:
    """Return one notice."""
    mark = format_attention(attention, now, zone)
    begin = f"{mark[:1].upper()}{mark[1:]}"
    match attention.kind:
        case AttentionKind.NOT_SERVED:
            line = f"{begin}: no process fetches replies or sends what is queued"
            fix = SERVICE_FIX
        case AttentionKind.NO_LISTENER:
            heard = format_last_push(state, now, zone)
            line = f"{begin}, {heard}: {_name_pushed(account)} only arrive by push"
            fix = _SETTINGS_FIX if attention.can_be_fixed_in_settings else LISTENER_FIX
        case AttentionKind.NO_CREDIT:
            line = f"{begin}: messages stay queued until one is accepted or the balance rises"
            fix = _CREDIT_FIX
        case AttentionKind.WRONG_ADDRESS:
            last = format_moment(attention.since or now, now, zone)
            line = f"{begin}: pushes with a wrong secret in it are refused, the last {last}"
            fix = _ADDRESS_FIX
        case AttentionKind.LISTENER_FULL:
            line = f"The {_format_crowd(state, now, zone)}; pushes still come in"
            fix = _CROWD_FIX
        case AttentionKind.CLOCK_SET_BACK:
            last = format_moment(attention.since or now, now, zone)
            line = f"{begin}: the provider's last answer is stored with a later time ({last})"
            fix = _CLOCK_FIX
        case AttentionKind.NO_ANSWER:
            line = f"{begin}: what is queued waits behind it"
            fix = "wait: without an answer the message becomes maybe sent within a minute"
        case AttentionKind.HELD:
            line = f"{begin}: what arrived and could not be used"
            fix = "g h shows the reasons, as does smsdesk held list"
        case AttentionKind.STUCK:
            usual = format_span(state.receipt_limit_ms, units=2) if state else ""
            noun = "message waits for its" if attention.count == 1 else "messages wait for their"
            line = f"{attention.count} {noun} receipt longer than usual here ({usual})"
            if attention.since is not None:
                line += f", the oldest since {format_moment(attention.since, now, zone)}"
            fix = "check the listener and the provider's status page"
        case AttentionKind.SILENT:
            age = format_age(attention.since or now, now)
            line = f"No reply for {age}, which is unusually long for this account"
            fix = "send a text to it from a phone; check the listener and the provider's panel"
    return AccountNotice(attention.kind, line, fix)


def describe_missing_accounts(context: AppContext) -> str:
    """Return how to add an account if there is none, or ""."""
    key = get_first_keys(context.commands)["add_account"]
    return "" if context.accounts else f"No accounts yet: {key} adds one"


async def find_accounts_in_trouble(store: Store, context: AppContext) -> list[str]:
    """Return the names of the accounts that do not work, or need attention.

    Args:
        store: Store with the states of the accounts.
        context: Accounts and clock of this agent.
    """
    states, now = await store.accounts.get_states(), context.clock.now()
    return [
        account.name
        for account in context.accounts
        if find_shown_health(account, states.get(account.name), now) is not Health.OK
    ]


def format_listener(state: AccountState | None, now: int, zone: tzinfo | None = None) -> str:
    """Return who listens for the pushes of an account, or "" if no process does.

    Args:
        state: Last known state of the account, or None.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    listener = state.listener if state else None
    if listener is None or not listener.is_alive(now):
        return ""
    who = (
        "smsdesk sync" if listener.kind == "service" else f"inbox of {one_line(listener.agent, 20)}"
    )
    text = (
        f"{who} on {one_line(listener.host, 30)} listens at {one_line(listener.address, 60)} "
        f"since {format_moment(listener.since, now, zone)}"
    )
    # Until then it is a notice of its own.
    is_past = listener.crowd and CROWD_SHOWN_MS <= now - listener.crowd.until < DAY
    return f"{text}; {_format_crowd(state, now, zone)}" if is_past else text


def _format_crowd(state: AccountState | None, now: int, zone: tzinfo | None) -> str:
    """Return when the listener was full, and whose connections were closed then."""
    crowd = state.listener.crowd if state and state.listener else None
    if crowd is None:
        return ""
    since, until = (format_moment(at, now, zone) for at in (crowd.since, crowd.until))
    period = f"at {since}" if since == until else f"{since}–{until}"
    address, noun = one_line(crowd.address, 50), "connection" + "s" * (crowd.closed != 1)
    if crowd.address_closed == crowd.closed:
        closed = f"{crowd.closed} {noun} from {address} closed"
    else:
        closed = f"{crowd.closed} {noun} closed, {crowd.address_closed} of them from {address}"
    return f"listener was full {period}, {closed}"


def format_last_push(state: AccountState | None, now: int, zone: tzinfo | None = None) -> str:
    """Return when the last push was heard: "last push heard 13:58", "no push heard yet".

    Args:
        state: Last known state of the account, or None.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    at = state.push_at if state else None
    return "no push heard yet" if at is None else f"last push heard {format_moment(at, now, zone)}"


def _name_pushed(account: Account) -> str:
    """Return what reaches the account by push only."""
    can = account.capabilities
    if can is None or (can.has_pushed_replies_only and can.has_pushed_receipts_only):
        return "replies and receipts"
    return "replies" if can.has_pushed_replies_only else "receipts"


def format_hook_troubles(
    targets: Iterable[EventTarget],
    names: Collection[str],
    now: int,
    zone: tzinfo | None = None,
) -> list[str]:
    """Return a line for each hook and webhook of the settings that failed last.

    Args:
        targets: Hooks and webhooks as they are stored.
        names: Names of those of the settings.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    return [
        one_line(f"{one.name}: {format_moment(one.line_at, now, zone)}: {one.line}", 300)
        for one in targets
        if one.line and one.name in names
    ]
