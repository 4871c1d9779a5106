"""What belongs to the account: limits, sender names, blacklist, numbers, files and the table of
errors (SerwerSMS API, account balance; sender names; black list)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from tui.sandbox.handset import Behaviour
from tui.sandbox.serwersms import errors
from tui.sandbox.serwersms.errors import ApiError, error_object
from tui.sandbox.serwersms.fields import Fields
from tui.sandbox.serwersms.paging import page_of
from tui.sandbox.serwersms.records import Body, corrected
from tui.sandbox.serwersms.times import local

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

LIMITS = (
    ("eco", "918/6", "no_limit"),
    ("full", "918/6", "412"),
    ("voice", "160/1", "not_available"),
    ("mms", "40/1", "6"),
    ("lookup", "nd", "20"),
    ("hlr", "nd", "70"),
)
APPROVED_SENDER = "INFORMACJA"
MAX_NAME = 11
HLR_STATUS = {Behaviour.FAIL: "UNDELIV", Behaviour.SILENT: "PENDING", Behaviour.REJECT: "ERR"}


class Account:
    """`account`, `blacklist`, `phones` and `error`."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Of this account."""
        self._serwersms = serwersms

    def limits(self, fields: Fields) -> object:
        """What is left of each kind of message."""
        items = [{"type": t, "chars_limit": c, "value": v} for t, c, v in LIMITS]
        account: Body = {"account": {"type": "prepaid"}} if fields.flag("show_type") else {}
        return account | {"items": items}

    def blacklist(self, fields: Fields) -> object:
        """Numbers and since when."""
        wanted = _optional_phone(fields)
        since = self._serwersms.blocked_at
        entries = [(f"+{n}", at) for n, at in since.items() if n in self._serwersms.blocked]
        found = [entry for entry in entries if wanted in (None, entry[0])]
        page, paging = page_of(fields, found)
        items = [{"phone": phone, "added": local(at)} for phone, at in page]
        return {"paging": paging, "items": items}

    def blacklist_add(self, fields: Fields) -> object:
        """Put a number on the list."""
        self._serwersms.block(_phone(fields))
        return {"success": True, "id": len(self._serwersms.blocked_at)}

    def blacklist_check(self, fields: Fields) -> object:
        """Whether a number is on the list."""
        return {"exists": self._serwersms.is_blocked(_phone(fields))}

    def blacklist_delete(self, fields: Fields) -> object:
        """Take a number off the list."""
        phone = _phone(fields)
        if not self._serwersms.is_blocked(phone):
            raise ApiError(errors.NOT_BLACKLISTED)
        self._serwersms.unblock(phone)
        return {"success": True}

    def phone_test(self, fields: Fields) -> object:
        """Whether it is a number."""
        return {"correct": corrected(fields.required("phone")) is not None}

    def phone_check(self, fields: Fields) -> object:
        """What the network says about a number."""
        phone = _phone(fields)
        return {
            "phone": phone,
            "status": HLR_STATUS.get(self._serwersms.handset(phone).behaviour, "DELIVRD"),
            "imsi": 26099,
            "network": "Example Komorka",
            "ported": False,
            "network_ported": None,
        }

    def error(self, code: str) -> object:
        """The error object of a code."""
        return error_object(int(code) if code.isascii() and code.isdecimal() else 0)


class Senders:
    """`senders`: names wait for approval for ever."""

    def __init__(self) -> None:
        """With one approved name."""
        self._status = {APPROVED_SENDER: "authorized"}

    def is_approved(self, name: str) -> bool:
        """Whether messages may be from that name."""
        return self._status.get(name) == "authorized"

    def add(self, fields: Fields) -> object:
        """Apply for a name."""
        name = fields.required("name")
        if len(name) > MAX_NAME:
            raise ApiError(errors.BAD_SENDER_NAME)
        if name in self._status:
            raise ApiError(errors.SENDER_EXISTS)
        self._status[name] = "pending_authorization"
        return {"success": True}

    def index(self, fields: Fields) -> object:
        """All names; the account has no predefined ones and no numbers."""
        if fields.flag("predefined") or fields.word("type", "ndi", "mms"):
            return {"items": []}
        items = [
            {"name": name, "agreement": "not_required", "status": status}
            for name, status in self._status.items()
        ]
        fields.word("sort", "name")
        if fields.given("sort") or fields.given("order"):
            down = fields.word("order", "asc", "desc") == "desc"
            items.sort(key=lambda item: item["name"], reverse=down)
        return {"items": items}


class Files:
    """`files`: pictures for MMS."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Start with none."""
        self._serwersms = serwersms
        self._files: dict[str, Body] = {}

    def has(self, file_id: str) -> bool:
        """Whether there is such a file."""
        return file_id in self._files

    def add(self, fields: Fields) -> object:
        """Keep a file, by its address or its base64 content."""
        kind = fields.word("type", "mms", "voice")
        if not kind or not (fields.given("url") or fields.given("file")):
            raise ApiError(errors.REQUIRED)
        file_id = self._serwersms.new_id()
        self._files[file_id] = {
            "id": file_id,
            "name": fields.text("url").rpartition("/")[2] or f"{file_id}.bin",
            "size": _size(fields.text("file")),
            "type": kind,
            "date": local(self._serwersms.sandbox.now()),
        }
        return {"success": True, "id": file_id}

    def index(self, fields: Fields) -> object:
        """All files of a type."""
        kind = fields.word("type", "mms", "voice")
        return {"items": [file for file in self._files.values() if kind in ("", file["type"])]}

    def view(self, fields: Fields) -> object:
        """One file."""
        return self._files[self._known(fields)]

    def delete(self, fields: Fields) -> object:
        """Forget a file."""
        del self._files[self._known(fields)]
        return {"success": True}

    def _known(self, fields: Fields) -> str:
        """The id of a file that is there; raises `ApiError`."""
        file_id = fields.required("id")
        if file_id not in self._files:
            raise ApiError(errors.NO_FILE)
        return file_id


def _size(content: str) -> int:
    """Bytes of a base64 content; raises `ApiError` if it is none."""
    try:
        return len(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        raise ApiError(errors.NO_FILE) from None


def _phone(fields: Fields) -> str:
    """The number of the request; raises `ApiError`."""
    phone = corrected(fields.required("phone"))
    if phone is None:
        raise ApiError(errors.BAD_PHONE)
    return phone


def _optional_phone(fields: Fields) -> str | None:
    """The number of the request, if it names one."""
    return _phone(fields) if fields.given("phone") else None
