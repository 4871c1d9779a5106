"""Implement `smsdesk send`: queue one message and, with `--wait`, send and follow it.

Errors that can be recognized in advance are reported before anything is queued. The checks before
sending are those of the inbox.
"""

import asyncio
import random
import sys
from argparse import Namespace
from dataclasses import replace

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import write_line
from tui.clock import DAY, Clock, SystemClock
from tui.desk.queue_attempts import queue_attempt
from tui.desk.routes import Route, SendPlan, choose_default_route
from tui.desk.same_text import add_same_text, check_same_text
from tui.desk.send_attempt import Objection, RefusedError, SendAttempt
from tui.desk.send_checks import NO_ACCOUNT, check_quiet_hours, find_empty_text, find_refusal
from tui.domain.account import Account
from tui.domain.conversation import Conversation
from tui.domain.message import Message, SendOptions
from tui.domain.phone import (
    Address,
    AddressKind,
    InvalidNumberError,
    can_be_answered,
    parse_address,
    parse_destination,
)
from tui.domain.text import one_line
from tui.domain.typed_text import compose_outgoing_text
from tui.providers.catalog import get_capabilities
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.errors import OptedOut
from tui.store.store import Store

_MAX_INPUT_BYTES = 100_000
"""Bytes that are read from stdin."""
_MAX_SCHEDULE_AHEAD = 366 * DAY
"""Longest time ahead in ms; the same limit as in the inbox."""
_SURROGATES = range(0xD800, 0xE000)
"""Code points that no valid UTF-8 text contains."""
_OPTIONS = {"account": "--account"}
"""Option that does what a command does in the inbox, for the words of the checks."""


def run(arguments: Namespace) -> int:
    """Queue the message; the exit codes are those that `--help` lists.

    Args:
        arguments: Parsed arguments with `config`, `to`, `text`, `account`, `at` and `wait`, and
            perhaps `format`, `valid_for` and `metadata`.
    """
    desk = know_accounts(context.load_public_settings(arguments))
    if not desk.accounts:
        raise _convert_refusal(NO_ACCOUNT, arguments.to)
    clock = SystemClock()
    text = read_text(arguments.text)
    if refusal := find_empty_text(text):  # before anything else is asked for
        raise _convert_refusal(refusal, arguments.to)
    _check_options(arguments, clock.now())
    with convert_store_errors():
        return asyncio.run(_queue_and_follow(arguments, desk, text, clock, random.Random()))


def know_accounts(desk: Preferences) -> Preferences:
    """Return the settings with the capabilities of each account, which the checks read."""
    accounts = tuple(
        replace(account, capabilities=get_capabilities(account.provider, {}))
        for account in desk.accounts
    )
    return replace(desk, accounts=accounts)


async def _queue_and_follow(
    arguments: Namespace, desk: Preferences, text: str, clock: Clock, rng: random.Random
) -> int:
    """Queue the message and follow it if `--wait` is given."""
    async with open_store(desk, clock, rng) as store:
        address = parse_address(arguments.to)
        conversation = await store.conversations.find_by_address(address)
        # A name that has written to us is no typing error: say why it cannot be answered.
        if conversation is None or can_be_answered(arguments.to):
            address = parse_recipient(arguments.to, arguments.account, desk)
            conversation = await store.conversations.find_by_address(address)
        account = choose_account(arguments.account, desk, conversation)
        message = await _queue_message(
            store,
            _add_options(
                _build_attempt(desk, text, address, account, conversation, arguments.at, clock),
                arguments,
            ),
            anyway=bool(vars(arguments).get("anyway")),
            again=bool(vars(arguments).get("again")),
        )
        if note := vars(arguments).get("at_note"):
            print(f"smsdesk: {note}", file=sys.stderr)
        if arguments.wait:
            from tui.cli.sent_message import follow_message

            return await follow_message(store, message, arguments, clock, rng)
        await _warn_if_unattended(store, message)
        return DONE


def read_text(argument: str) -> str:
    """Return the text from the arguments or stdin; invalid UTF-8 is a usage error."""
    text = argument
    if argument == "-":
        text = sys.stdin.buffer.read(_MAX_INPUT_BYTES).decode("utf-8", "surrogateescape")
        text = text.rstrip("\r\n")
    if any(ord(char) in _SURROGATES for char in text) or "\0" in text:
        raise CommandError("the text is not valid UTF-8: nothing was queued", BAD_USE)
    return compose_outgoing_text(text)


def _check_options(arguments: Namespace, now: int) -> None:
    """Raise `CommandError` for a time in the past or more than a year ahead, or a lone option."""
    at, given = arguments.at, vars(arguments)
    if given.get("timeout") is not None and not arguments.wait:
        raise CommandError("--timeout needs --wait: nothing was queued", BAD_USE)
    if at is None:
        return
    if at <= now:
        raise CommandError("--at has passed already; leave it out to send now", BAD_USE)
    if at > now + _MAX_SCHEDULE_AHEAD:
        raise CommandError("--at is more than a year ahead: nothing was queued", BAD_USE)


def parse_recipient(to: str, account_name: str | None, desk: Preferences) -> Address:
    """Return the recipient: a short code as it is, or a number in the account's country.

    Args:
        to: Number as typed.
        account_name: Account that sends it; None if none was named.
        desk: Settings without secrets.
    """
    chosen = [account for account in desk.accounts if account.name == account_name]
    region = (chosen[0].region if chosen else "") or desk.default_region
    address = parse_address(to, region)
    if address.kind is AddressKind.SHORT_CODE:
        return address
    try:
        return parse_destination(to, region)
    except InvalidNumberError as error:
        raise CommandError(f"{error}; nothing was queued", BAD_USE) from None


def choose_account(
    name: str | None, desk: Preferences, conversation: Conversation | None
) -> Account:
    """Return the named account, else the conversation's account, else the only one.

    Args:
        name: Name of an account; None if none was named.
        desk: Settings without secrets.
        conversation: Conversation with the customer; None if there is none yet.
    """
    accounts = {account.name: account for account in desk.accounts}
    listed = ", ".join(accounts)
    if name is not None:
        if name not in accounts:
            line = f'there is no account "{one_line(name, 60)}"; known: {listed}'
            raise CommandError(line, BAD_USE)
        return accounts[name]
    if conversation is not None and conversation.account in accounts:
        return accounts[conversation.account]
    if len(accounts) > 1:
        raise CommandError(f"choose the account that sends it with --account: {listed}", BAD_USE)
    return desk.accounts[0]


def _build_attempt(
    desk: Preferences,
    text: str,
    address: Address,
    account: Account,
    conversation: Conversation | None,
    at: int | None,
    clock: Clock,
) -> SendAttempt:
    """Build the attempt to send the text."""
    # A reply comes from the number that the customer wrote to.
    route = choose_default_route([account], conversation) if conversation else None
    return SendAttempt(
        desk,
        address.e164 or address.raw,
        text,
        route or Route(account, next(iter(account.senders), "")),
        clock.now(),
        conversation,
        plan=SendPlan(at) if at is not None else None,
        keys=_OPTIONS,
    )


def _add_options(attempt: SendAttempt, arguments: Namespace) -> SendAttempt:
    """Return the attempt with its format, validity and metadata."""
    given = vars(arguments)
    # The last value of a repeated name counts.
    metadata = tuple(dict(given.get("metadata") or ()).items())
    options = SendOptions(given.get("valid_for") or 0, metadata)
    return replace(attempt, is_spoken=given.get("format") == "tts", options=options)


async def _queue_message(
    store: Store, attempt: SendAttempt, *, anyway: bool, again: bool
) -> Message:
    """Queue the message; the refusal of a check is a usage error.

    The questions of the checks do not stop a script, which cannot answer. Only a time that was
    chosen has to lie outside of the quiet hours, unless `--anyway` is given, and the same text is
    not sent twice within a day, as by a script that runs again, unless `--again` is.
    """
    if not again and find_refusal(attempt) is None:
        attempt = await add_same_text(store, attempt)
        for objection in check_same_text(attempt):
            line = f"{objection.reason}: nothing was queued; --again sends it once more"
            raise CommandError(line[:1].lower() + line[1:], BAD_USE)
    if attempt.plan is not None and not anyway and find_refusal(attempt) is None:
        for objection in check_quiet_hours(attempt):
            reason = objection.reason.replace("It is", "it will be", 1)
            line = f"{reason} then, in the quiet hours: nothing was queued"
            raise CommandError(f"{line}; choose another time, or --anyway", BAD_USE)
    try:
        message = await queue_attempt(store, attempt)
    except RefusedError as error:
        raise _convert_refusal(error.objection, attempt.to) from None
    except OptedOut as error:
        raise CommandError(str(error), BAD_USE) from None
    write_line(f"queued     {attempt.to} through {message.account}")
    return message


def _convert_refusal(refusal: Objection, to: str) -> CommandError:
    """Return the error for a refusal to text a number, with what helps."""
    remedy = f"; {refusal.remedy}" if refusal.remedy else ""
    reason = refusal.reason
    for words in ("this customer", "this sender"):
        reason = reason.replace(words, one_line(to, 40), 1)
    return CommandError(f"{reason}: nothing was queued{remedy}", BAD_USE)


async def _warn_if_unattended(store: Store, message: Message) -> None:
    """Print a warning if no running process will send the message."""
    if not await store.leases.get_holder(message.account):
        line = "no process is sending now: it waits for an open inbox, `smsdesk sync`, or --wait"
        print(f"smsdesk: {line}", file=sys.stderr)
