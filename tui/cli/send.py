"""`smsdesk send`: one message into the queue and, with `--wait`, out of it and to its end.

What can be known to be wrong is told before anything is queued.
"""

import asyncio
import random
import sys
from argparse import Namespace

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.reading import store_errors
from tui.cli.show import write
from tui.clock import DAY, Clock, SystemClock
from tui.desk.replying import default_route
from tui.domain.account import Account
from tui.domain.conversation import Conversation
from tui.domain.message import Message, NewMessage
from tui.domain.phone import Address, AddressKind, BadNumber, destination, parse_address
from tui.domain.templates import blanks
from tui.domain.text import one_line
from tui.providers.abilities import capabilities_of
from tui.settings.desk import Desk
from tui.store.errors import OptedOut
from tui.store.store import Store
from tui.wiring import open_store

_LONGEST_INPUT = 100_000
_FURTHEST = 366 * DAY
"""As for what is scheduled on the desk."""
_RESERVED_CODES = range(0xD800, 0xE000)


def run(arguments: Namespace) -> int:
    """Queue the message; exit codes as the help says."""
    desk = context.desk(arguments)
    if not desk.accounts:
        raise CommandError("there is no account to send through; see smsdesk doctor", BAD_USE)
    clock = SystemClock()
    text = _text(arguments.text)
    _check_moment(arguments.at, clock.now())
    with store_errors():
        return asyncio.run(_send(arguments, desk, text, clock, random.Random()))


async def _send(
    arguments: Namespace, desk: Desk, text: str, clock: Clock, rng: random.Random
) -> int:
    """Queue the message, and follow it if that is wanted."""
    async with open_store(desk, clock, rng) as store:
        address = _address(arguments, desk)
        conversation = await store.conversations.with_party(address)
        account = _account(arguments.account, desk, conversation)
        _check_deliverable(account, address, text)
        message = await _queued(
            store, _new(arguments, desk, text, address, account, conversation), address
        )
        if arguments.wait:
            from tui.cli.following import follow

            return await follow(store, message, arguments, clock, rng)
        await _say_who_sends(store, message)
        return DONE


def _text(given: str) -> str:
    """The text from the arguments or from stdin; empty and broken ones are bad use."""
    text = given
    if given == "-":
        text = sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8", "surrogateescape").rstrip("\n")
    if not text.strip():
        raise CommandError("the text is empty: nothing was queued", BAD_USE)
    if any(ord(char) in _RESERVED_CODES for char in text) or "\0" in text:
        raise CommandError("the text is not valid UTF-8: nothing was queued", BAD_USE)
    for blank in blanks(text)[:1]:
        line = f"{one_line(blank.sign, 40)} is not filled in: nothing was queued"
        raise CommandError(line, BAD_USE)
    return text


def _check_moment(at: int | None, now: int) -> None:
    """Raise `CommandError` for a moment that nobody means."""
    if at is None:
        return
    if at <= now:
        raise CommandError("--at has passed already; leave it out to send now", BAD_USE)
    if at > now + _FURTHEST:
        raise CommandError("--at is more than a year ahead: nothing was queued", BAD_USE)


def _address(arguments: Namespace, desk: Desk) -> Address:
    """Who it goes to: a short code as it is, or a number read as one of the desk's country."""
    address = parse_address(arguments.to)
    if address.kind is AddressKind.SHORT_CODE:
        return address
    chosen = [account for account in desk.accounts if account.name == arguments.account]
    region = chosen[0].region if chosen else ""
    try:
        return destination(arguments.to, region or desk.default_region)
    except BadNumber as error:
        raise CommandError(f"{error}; nothing was queued", BAD_USE) from None


def _account(name: str | None, desk: Desk, conversation: Conversation | None) -> Account:
    """The account named, else the one the customer last used, else the only one."""
    known = {account.name: account for account in desk.accounts}
    listed = ", ".join(known)
    if name is not None:
        if name not in known:
            line = f'there is no account "{one_line(name, 60)}"; known: {listed}'
            raise CommandError(line, BAD_USE)
        return known[name]
    if conversation is not None and conversation.account in known:
        return known[conversation.account]
    if len(known) > 1:
        raise CommandError(f"say which account sends it with --account: {listed}", BAD_USE)
    return desk.accounts[0]


def _check_deliverable(account: Account, address: Address, text: str) -> None:
    """Raise `CommandError` for what this account's provider never takes."""
    abilities = capabilities_of(account.provider, {})
    if len(text) > abilities.longest:
        line = f"the text has {len(text)} characters; {abilities.title} takes {abilities.longest}"
        raise CommandError(f"{line}: nothing was queued", BAD_USE)
    number = address.e164 or ""
    if abilities.regions and not number.startswith(tuple(f"+{code}" for code in abilities.regions)):
        places = " and ".join(f"+{code}" for code in sorted(abilities.regions))
        line = f"{abilities.title} delivers only to {places}: nothing was queued"
        raise CommandError(line, BAD_USE)


def _new(
    arguments: Namespace,
    desk: Desk,
    text: str,
    address: Address,
    account: Account,
    conversation: Conversation | None,
) -> NewMessage:
    """The message as it is queued: an answer comes from the number that the customer wrote to."""
    route = default_route([account], conversation) if conversation else None
    return NewMessage(
        to=address.key,
        body=text,
        account=account.name,
        sender=route.sender if route else next(iter(account.senders), ""),
        agent=desk.agent,
        scheduled_at=arguments.at,
    )


async def _queued(store: Store, new: NewMessage, address: Address) -> Message:
    """The message in the queue; bad use when the customer must not be texted."""
    try:
        message = await store.intents.queue(new)
    except OptedOut as error:
        raise CommandError(str(error), BAD_USE) from None
    write(f"queued     {address.key} through {new.account}")
    return message


async def _say_who_sends(store: Store, message: Message) -> None:
    """Warn when the message will lie there."""
    if not await store.leases.holder(message.account):
        line = "nobody is sending now: it waits for an open inbox, `smsdesk sync`, or --wait"
        print(f"smsdesk: {line}", file=sys.stderr)
