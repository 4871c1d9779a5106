"""The one place where settings become a store, a seat, accounts and their service.

What costs time to import is imported inside the functions: the first screen needs the store and
the seat, and nothing of the network.
"""

import os
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui.clock import MINUTE, SECOND, Clock
from tui.settings.desk import Desk
from tui.settings.errors import SettingsError
from tui.settings.keys import split_keys
from tui.settings.paths import expanded

if TYPE_CHECKING:
    from tui.domain.consent import Verdict, WordList, Words
    from tui.providers.protocol import Provider
    from tui.seat import Seat
    from tui.settings.accounts import AccountBase
    from tui.settings.models import Settings
    from tui.store.ingest import Judge
    from tui.store.store import Store
    from tui.sync.served import ServedAccount
    from tui.terminal.asking import Manners

_PLAIN_TERMINALS = frozenset({"linux", "dumb"})
_LOCALE_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")


def open_store(desk: Desk, clock: Clock, rng: random.Random) -> "Store":
    """The desk's inbox, to be entered with `async with`."""
    from tui.store.store import Store

    return Store(
        desk.database,
        clock=clock,
        rng=rng,
        owner=owner_name(rng),
        judge=judge_of(desk.opt_out_words),
        shared=desk.group_access,
    )


def owner_name(rng: random.Random) -> str:
    """A name for this process that no other ever has, on this host or another."""
    return f"{os.uname().nodename}-{os.getpid()}-{rng.getrandbits(48):012x}"


def judge_of(words: Mapping[str, Sequence[str]]) -> "Judge":
    """Finds what a customer's text says about consent; `words` by country add to the known ones."""
    agreed: Words | None = None

    def verdict(text: str, party: str) -> "Verdict":
        """By the words of the party's country."""
        from tui.domain.consent import judge
        from tui.domain.phone import country

        nonlocal agreed
        agreed = agreed or _words(words)
        return judge(text, country(party), agreed)

    return verdict


def _words(extra: Mapping[str, Sequence[str]]) -> "Words":
    """The known words with the desk's own ones; `*` is everywhere."""
    from tui.domain.consent import DEFAULT, WordList, Words

    nothing = WordList(frozenset())
    countries = {*DEFAULT.countries, *extra} - {"*"}
    return Words(
        _with_stops(DEFAULT.everywhere, extra.get("*", ())),
        {
            country: _with_stops(DEFAULT.countries.get(country, nothing), extra.get(country, ()))
            for country in sorted(countries)
        },
    )


def _with_stops(known: "WordList", extra: Sequence[str]) -> "WordList":
    """A list with more words that mean STOP."""
    from tui.domain.consent import WordList, word_list

    return WordList(known.stop | word_list(stop=extra).stop, known.start, known.help)


def make_seat(desk: Desk, clock: Clock, environ: Mapping[str, str]) -> "Seat":
    """What the screens are given: no secret is in it."""
    from dataclasses import replace

    from tui.providers.abilities import capabilities_of
    from tui.seat import Seat

    return Seat(
        agent=desk.agent,
        clock=clock,
        accounts=tuple(
            replace(account, capabilities=capabilities_of(account.provider, {}))
            for account in desk.accounts
        ),
        theme=desk.theme,
        colours=not environ.get("NO_COLOR"),
        ascii=desk.ascii if desk.ascii is not None else plain_terminal(environ),
        enter_sends=desk.enter_sends,
        region=desk.default_region,
        grace_ms=round(desk.grace_seconds * SECOND),
        quiet_hours=desk.quiet_hours,
        editor=environ.get("VISUAL") or environ.get("EDITOR") or "vi",
        shell=environ.get("SHELL") or "/bin/sh",
        pipe=desk.pipe,
        manners=manners_of(desk, environ),
        downloads=expanded(desk.downloads, environ),
        keys={command: split_keys(keys) for command, keys in desk.keys.items()},
    )


def manners_of(desk: Desk, environ: Mapping[str, str]) -> "Manners":
    """How the agent is called, by the settings and by what the terminal understands."""
    from tui.terminal.asking import Manners, terminal_of

    wishes = desk.notifications
    return Manners(
        terminal_of(environ),
        bell=wishes.bell,
        desktop=wishes.desktop,
        every_ms=round(wishes.every_seconds * SECOND),
        silent_after_ms=desk.silent_after_minutes * MINUTE,
    )


def plain_terminal(environ: Mapping[str, str]) -> bool:
    """Whether the terminal can show no more than ASCII, by all that its environment says.

    A locale that nobody has set says nothing: most terminals that forget it can show UTF-8.
    """
    if environ.get("TERM", "") in _PLAIN_TERMINALS:
        return True
    locale = next((environ[name] for name in _LOCALE_VARIABLES if environ.get(name)), "")
    return bool(locale) and "utf8" not in locale.lower().replace("-", "")


def served(settings: "Settings", clock: Clock) -> list["ServedAccount"]:
    """Every account of the settings with its provider's client; raises `SettingsError`.

    Whoever takes them closes them (`tui.serving` does).
    """
    from tui.sync.served import ServedAccount

    return [
        ServedAccount(
            name=name,
            provider=_opened(name, account, clock),
            sender=next(iter(account.all_senders), ""),
            hook_secret=_hook_secret(settings, account),
            callback_url=_callback_url(settings, name, account),
        )
        for name, account in settings.accounts.items()
    ]


def _opened(name: str, account: "AccountBase", clock: Clock) -> "Provider":
    """The client of one account."""
    from tui.providers.errors import ProviderError
    from tui.providers.registry import open_provider

    provider = account.model_dump(include={"provider"})["provider"]
    try:
        return open_provider(provider, options_of(account), clock)
    except (ProviderError, ValueError) as error:
        raise SettingsError([f"accounts.{name}: {error}"]) from None


_COMMON = frozenset(
    {
        *("provider", "title", "senders", "default_sender", "region", "low_balance"),
        *("hook_secret", "api_secret_file", "api_secret_keyring"),
    }
)
"""What an account's client need not know."""


def options_of(account: "AccountBase") -> dict[str, Any]:
    """An account's settings as its client takes them, secrets in clear."""
    from pydantic import SecretStr

    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in account.model_dump(exclude=set(_COMMON)).items()
    }
    return {name: value for name, value in plain.items() if value is not None}


def _hook_secret(settings: "Settings", account: "AccountBase") -> str:
    """The secret of an account's path at the listener; empty when it takes nothing in."""
    if settings.listen is None or account.hook_secret is None:
        return ""
    return account.hook_secret.get_secret_value()


def _callback_url(settings: "Settings", name: str, account: "AccountBase") -> str:
    """Where providers find the listener for one account; empty when they cannot."""
    secret = _hook_secret(settings, account)
    return f"{settings.public_url}/hooks/{name}/{secret}" if settings.public_url and secret else ""
