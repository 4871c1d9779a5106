"""Describe mail programs as peers: aerc and neomutt with a maildir of 100,000 mails."""

import os
import shutil
from email.utils import formatdate
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.programs import MeasuredProgram

AERC, NEOMUTT = "aerc", "neomutt"
MAILS = 100_000
_LINES_OF_FIRST = 10_000
_NEWEST = 1_790_000_000
"""Time of the first mail in the list, in seconds of the epoch."""
_MINUTE = 60
_READABLE = "0000003"
"""Of the fourth mail; without its words, between which a program may move the cursor."""


def prepare_maildir(count: int = MAILS) -> Path:
    """Return a maildir of that many mails; it is made once, which takes half a minute.

    The newest mail has 10,000 lines, all others have one.

    Args:
        count: Number of mails.
    """
    folder = stores.FOLDER / f"maildir-{count}" / "Inbox"
    if not folder.exists():
        unfinished = folder.parent / "unfinished"
        for name in ("cur", "new", "tmp"):
            (unfinished / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            text = _write_mail(number, _LINES_OF_FIRST if number == 0 else 1)
            name = f"{_NEWEST - number * _MINUTE}.{number:07d}.bench:2,S"
            (unfinished / "cur" / name).write_text(text, encoding="utf-8")
        unfinished.rename(folder)
    return folder


def _write_mail(number: int, lines: int) -> str:
    """Return one mail."""
    body = "".join(f"line {line} of what the customer wrote\n" for line in range(lines))
    return (
        f"From: Cust {number:07d} <c{number:07d}@example.org>\n"
        "To: desk@example.org\n"
        f"Subject: the last thing that was said {number:07d}\n"
        f"Date: {formatdate(_NEWEST - number * _MINUTE)}\n"
        f"Message-ID: <{number:07d}@example.org>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"\n{body}"
    )


def list_peers() -> dict[str, MeasuredProgram | None]:
    """Return the peers by name; None for a program that is not installed."""
    found: dict[str, MeasuredProgram | None] = {AERC: None, NEOMUTT: None}
    if shutil.which(AERC):
        found[AERC] = _set_up_aerc(prepare_maildir())
    if shutil.which(NEOMUTT):
        found[NEOMUTT] = _set_up_neomutt(prepare_maildir())
    return found


def _set_up_aerc(maildir: Path) -> MeasuredProgram:
    """Write a configuration of aerc with its own defaults, and return the program."""
    home = maildir.parent / "home-aerc"
    config = home / ".config" / "aerc"
    config.mkdir(parents=True, exist_ok=True)
    accounts = config / "accounts.conf"
    accounts.write_text(
        f"[bench]\nsource = maildir://{maildir.parent}\ndefault = Inbox\n"
        "from = Desk <desk@example.org>\n",
        encoding="utf-8",
    )
    accounts.chmod(0o600)
    (config / "aerc.conf").write_text("[filters]\ntext/plain = cat\n", encoding="utf-8")
    return MeasuredProgram(
        AERC,
        _READABLE,
        environ=_isolate(home),
        command=(AERC,),
        keys={"top": "g", "close": "q"},
    )


def _set_up_neomutt(maildir: Path) -> MeasuredProgram:
    """Write a configuration of neomutt with the keys of ours, and return the program."""
    home = maildir.parent / "home-neomutt"
    home.mkdir(parents=True, exist_ok=True)
    config = home / "neomuttrc"
    config.write_text(
        f"set folder = {maildir.parent}\nset spoolfile = {maildir}\nset mbox_type = Maildir\n"
        "set sort = reverse-date\nset quit = yes\nset header_cache = ''\nset menu_scroll = yes\n"
        "bind index j next-entry\nbind index k previous-entry\n"
        "bind index G last-entry\nbind index g first-entry\n",
        encoding="utf-8",
    )
    return MeasuredProgram(
        NEOMUTT,
        _READABLE,
        environ=_isolate(home),
        command=(NEOMUTT, "-n", "-F", str(config)),
        keys={"top": "g", "close": "q"},
    )


def _isolate(home: Path) -> dict[str, str]:
    """Return an environment in which a program finds no other settings than these."""
    folders = {
        f"XDG_{name}_HOME": str(home / path)
        for name, path in (
            ("CONFIG", ".config"),
            ("CACHE", ".cache"),
            ("DATA", ".local/share"),
            ("STATE", ".local/state"),
        )
    }
    return {"HOME": str(home), **folders, "LANG": os.environ.get("LANG", "C.UTF-8")}
