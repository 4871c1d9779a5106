"""Serve the account: limits, sender names, blacklist, numbers, files and the table of errors.

See account balance, sender names and black list in the SerwerSMS API.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from tui.sandbox.handset import Behaviour
from tui.sandbox.serwersms import errors
from tui.sandbox.serwersms.errors import ApiError, build_error_object
from tui.sandbox.serwersms.fields import RequestFields, select_page
from tui.sandbox.serwersms.message_records import Body, format_local, normalize_phone

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
AGREEMENTS = {"authorized": "delivered", "pending_authorization": "required"}
"""State of the written agreement about a name, by the state of the name."""
MAX_NAME = 11
HLR_STATUSES = {Behaviour.FAIL: "UNDELIV", Behaviour.SILENT: "PENDING", Behaviour.REJECT: "ERR"}


class AccountActions:
    """The actions of `account`, `blacklist`, `phones` and `error`."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Create the actions of this account."""
        self._serwersms = serwersms

    def list_limits(self, fields: RequestFields) -> object:
        """Return the remaining number of each kind of message.

        Args:
            fields: `show_type` adds the type of the account.
        """
        items = [
            {"type": kind, "chars_limit": characters, "value": self._find_limit(kind, value)}
            for kind, characters, value in LIMITS
        ]
        account: Body = {"account": {"type": "prepaid"}} if fields.read_flag("show_type") else {}
        return account | {"items": items}

    def _find_limit(self, kind: str, value: str) -> str:
        """Return how many messages of a type are left: none while a send is refused for that."""
        is_sent = kind in ("eco", "full", "mms")
        return "0" if is_sent and "no_credit" in self._serwersms.quirks else value

    def list_blacklist(self, fields: RequestFields) -> object:
        """Return the blocked numbers and when they were added.

        Args:
            fields: `phone` limits the list to one number; paging.
        """
        requested_phone = _read_optional_phone(fields)
        since = self._serwersms.blocked_at
        entries = [
            (f"+{number}", at) for number, at in since.items() if number in self._serwersms.blocked
        ]
        found = [entry for entry in entries if requested_phone in (None, entry[0])]
        page, paging = select_page(fields, found)
        items = [{"phone": phone, "added": format_local(at)} for phone, at in page]
        return {"paging": paging, "items": items}

    def add_to_blacklist(self, fields: RequestFields) -> object:
        """Add a number to the blacklist.

        Args:
            fields: `phone`.
        """
        self._serwersms.block_number(_read_phone(fields))
        return {"success": True, "id": len(self._serwersms.blocked_at)}

    def check_blacklist(self, fields: RequestFields) -> object:
        """Return whether a number is on the blacklist.

        Args:
            fields: `phone`.
        """
        return {"exists": self._serwersms.is_blocked(_read_phone(fields))}

    def remove_from_blacklist(self, fields: RequestFields) -> object:
        """Remove a number from the blacklist.

        Args:
            fields: `phone`.
        """
        phone = _read_phone(fields)
        if not self._serwersms.is_blocked(phone):
            raise ApiError(errors.NOT_BLACKLISTED)
        self._serwersms.unblock_number(phone)
        return {"success": True}

    def test_phone(self, fields: RequestFields) -> object:
        """Return whether a text is a valid number.

        Args:
            fields: `phone`.
        """
        return {"correct": normalize_phone(fields.read_required("phone")) is not None}

    def check_phone(self, fields: RequestFields) -> object:
        """Return the network's information about a number.

        Args:
            fields: `phone`.
        """
        phone = _read_phone(fields)
        return {
            "phone": phone,
            "status": HLR_STATUSES.get(self._serwersms.get_handset(phone).behaviour, "DELIVRD"),
            "imsi": 26099,
            "network": "Example Komorka",
            "ported": False,
            "network_ported": None,
        }

    def show_error(self, code: str) -> object:
        """Return the error object of a code.

        Args:
            code: Code as it stands in the path; anything but digits counts as 0.
        """
        return build_error_object(int(code) if code.isascii() and code.isdecimal() else 0)


class SenderNames:
    """The actions of `senders`; new names stay pending for ever."""

    def __init__(self) -> None:
        """Create the list with one approved name."""
        self._status = {APPROVED_SENDER: "authorized"}

    def is_approved(self, name: str) -> bool:
        """Return whether messages may have this sender name."""
        return self._status.get(name) == "authorized"

    def add_name(self, fields: RequestFields) -> object:
        """Apply for a sender name.

        Args:
            fields: `name`.
        """
        name = fields.read_required("name")
        if len(name) > MAX_NAME:
            raise ApiError(errors.BAD_SENDER_NAME)
        if name in self._status:
            raise ApiError(errors.SENDER_EXISTS)
        self._status[name] = "pending_authorization"
        return {"success": True}

    def list_names(self, fields: RequestFields) -> object:
        """Return all names; the account has no predefined ones and no numbers.

        Args:
            fields: `predefined`, `type`, `sort` and `order`.
        """
        if fields.read_flag("predefined") or fields.read_choice("type", "ndi", "mms"):
            return {"items": []}
        items = [
            {"name": name, "agreement": AGREEMENTS[status], "status": status}
            for name, status in self._status.items()
        ]
        fields.read_choice("sort", "name")
        if fields.has_value("sort") or fields.has_value("order"):
            is_descending = fields.read_choice("order", "asc", "desc") == "desc"
            items.sort(key=lambda item: item["name"], reverse=is_descending)
        return {"items": items}


class UploadedFiles:
    """The actions of `files`: pictures for MMS."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Create an empty list of files."""
        self._serwersms = serwersms
        self._files: dict[str, Body] = {}

    def has_file(self, file_id: str) -> bool:
        """Return whether a file exists."""
        return file_id in self._files

    def add_file(self, fields: RequestFields) -> object:
        """Add a file by its address or its base64 content.

        Args:
            fields: `type`, and `url` or `file` (base64).
        """
        kind = fields.read_choice("type", "mms", "voice")
        if not kind or not (fields.has_value("url") or fields.has_value("file")):
            raise ApiError(errors.REQUIRED)
        file_id = self._serwersms.create_id()
        self._files[file_id] = {
            "id": file_id,
            "name": fields.read_text("url").rpartition("/")[2] or f"{file_id}.bin",
            "size": _measure_size(fields.read_text("file")),
            "type": kind,
            "date": format_local(self._serwersms.sandbox.now()),
        }
        return {"success": True, "id": file_id}

    def list_files(self, fields: RequestFields) -> object:
        """Return all files of a type.

        Args:
            fields: `type`.
        """
        kind = fields.read_choice("type", "mms", "voice")
        return {"items": [file for file in self._files.values() if kind in ("", file["type"])]}

    def show_file(self, fields: RequestFields) -> object:
        """Return one file.

        Args:
            fields: `id`.
        """
        return self._files[self._read_file_id(fields)]

    def delete_file(self, fields: RequestFields) -> object:
        """Delete a file.

        Args:
            fields: `id`.
        """
        del self._files[self._read_file_id(fields)]
        return {"success": True}

    def _read_file_id(self, fields: RequestFields) -> str:
        """Return the id of an existing file; raise `ApiError`."""
        file_id = fields.read_required("id")
        if file_id not in self._files:
            raise ApiError(errors.NO_FILE)
        return file_id


def _measure_size(content: str) -> int:
    """Return the number of bytes of a base64 content; raise `ApiError` if it is invalid."""
    try:
        return len(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        raise ApiError(errors.NO_FILE) from None


def _read_phone(fields: RequestFields) -> str:
    """Return the number of the request; raise `ApiError`."""
    phone = normalize_phone(fields.read_required("phone"))
    if phone is None:
        raise ApiError(errors.BAD_PHONE)
    return phone


def _read_optional_phone(fields: RequestFields) -> str | None:
    """Return the number of the request, or None if it names none."""
    return _read_phone(fields) if fields.has_value("phone") else None
