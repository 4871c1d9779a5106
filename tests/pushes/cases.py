"""List the pushes that are tried, each with what it has to end as."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tests.pushes.requests import (
    PushRequest,
    form,
    gzipped,
    json_body,
    lines,
    multipart,
    query,
    sign_messagemedia,
    sign_messente,
    xml,
)

HOOK_SECRET = "q7Rk2mXw9ZtB4nLs"
PASSWORD = "api-password"
INBOUND_SECRET = "number-secret"
_MEGABYTE = 1 << 20


class Ending(StrEnum):
    """What can become of a push."""

    MESSAGE = "message"
    RECEIPT = "receipt"
    KNOWN = "known"
    """It came before, and is counted as a repetition."""
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True)
class PushCase:
    """One push and its right ending."""

    account: str
    name: str
    request: PushRequest
    ending: Ending
    text: str = ""
    """Text of the message that it becomes."""
    reason: str = ""
    """Cause for which it is held or refused."""
    is_cut: bool = False
    """Whether the connection ends before the body does; a proxy forwards no such request."""
    secret: str = HOOK_SECRET

    @property
    def path(self) -> str:
        """Return the path and the query."""
        tail = f"/{self.request.tail}" if self.request.tail else ""
        question = f"?{self.request.query}" if self.request.query else ""
        return f"/hooks/{self.account}/{self.secret}{tail}{question}"


_numbers = itertools.count(61491570000)
_ids = itertools.count(1)

WESTERN, CENTRAL, CYRILLIC = "Crème brûlée à 10 €?", "Zażółć gęślą jaźń", "Где моя посылка?"
WORLD = "今天 😀 وصل Straße\nnext line"
LINK = "see https://example.com/?a=1&b=2 please"


def _make_fields(names: str, text: str) -> dict[str, str]:
    """Return the fields of a reply by its names: number, text, id or time."""
    number, body, *rest = names.split()
    values = {number: str(next(_numbers)), body: text}
    return values | {name: _make_value(name) for name in rest}


def _make_value(name: str) -> str:
    """Return a fresh value for a field."""
    if name in ("time", "data", "date_received"):
        return f"2026-03-04 10:{next(_ids) % 60:02}:{next(_ids) % 60:02}"
    return "12025550143" if "destination" in name else f"id-{next(_ids)}"


Build = Callable[[dict[str, str]], PushRequest]
ENCODINGS: tuple[tuple[str, str, Build], ...] = (
    ("form, UTF-8", WORLD, lambda f: form(f, declared="utf-8")),
    ("form, UTF-8 undeclared", WORLD, form),
    ("form, Latin-1 declared", "Crème brûlée", lambda f: form(f, "latin-1", "iso-8859-1")),
    ("form, Windows-1252 undeclared", WESTERN, lambda f: form(f, "cp1252")),
    ("form, Windows-1251 declared", CYRILLIC, lambda f: form(f, "cp1251", "windows-1251")),
    ("form, PUT", WORLD, lambda f: replace(form(f), method="PUT")),
    ("form, PATCH", WORLD, lambda f: replace(form(f), method="PATCH")),
    ("form, gzip", WORLD, lambda f: gzipped(form(f))),
    ("form without a type", "Hello there", lambda f: replace(form(f), content_type="")),
    ("query, UTF-8", WORLD, query),
    ("query, Windows-1252", WESTERN, lambda f: query(f, "cp1252")),
    ("multipart, UTF-8", WORLD.replace("\n", " "), multipart),
    ("multipart, declared", WESTERN, lambda f: multipart(f, "cp1252", "windows-1252")),
    ("multipart, undeclared", WESTERN, lambda f: multipart(f, "cp1252")),
    ("JSON, UTF-8", WORLD, json_body),
    ("JSON, UTF-8 with BOM", WORLD, lambda f: json_body(f, "utf-8-sig")),
    ("JSON, UTF-16", WORLD, lambda f: json_body(f, "utf-16")),
    ("JSON, UTF-16LE no BOM", WORLD, lambda f: json_body(f, "utf-16-le")),
    ("JSON, UTF-16BE declared", WORLD, lambda f: json_body(f, "utf-16-be", "utf-16be")),
    ("JSON, Latin-1", "Crème brûlée", lambda f: json_body(f, "latin-1", "iso-8859-1")),
    ("JSON, Windows-1252 undeclared", WESTERN, lambda f: json_body(f, "cp1252")),
    ("JSON, gzip", WORLD, lambda f: gzipped(json_body(f))),
    ("JSON in an array", WORLD, lambda f: json_body([f])),
    ("lines, UTF-8", LINK, lines),
    ("lines, Windows-1252", WESTERN, lambda f: lines(f, "cp1252", "windows-1252")),
)


def list_cases() -> list[PushCase]:
    """Return all cases, in the order in which they are pushed."""
    return [
        *_list_encodings("messageport", "number message time reference"),
        *_list_encodings("smartswitch", "source_number body destination_number message_id"),
        *_list_messageport(),
        *_list_smartswitch(),
        *_list_serwersms(),
        *_list_messente(),
        *_list_messagemedia(),
        *_list_signed(),
    ]


def _list_encodings(account: str, names: str) -> Iterator[PushCase]:
    """Yield a reply in every encoding; then what is broken about requests of the account."""
    for name, text, build in ENCODINGS:
        yield PushCase(account, name, build(_make_fields(names, text)), Ending.MESSAGE, text)
    yield from _list_broken(account, form(_make_fields(names, f"hello {account}")))


def _list_broken(account: str, good: PushRequest) -> Iterator[PushCase]:
    """Yield repetitions and what is refused or held, made from a request that is right."""
    first = PushCase(account, "first of a repetition", good, Ending.MESSAGE, f"hello {account}")
    yield first
    yield replace(first, name="repeated", ending=Ending.KNOWN, text="")
    yield replace(first, name="repeated again", ending=Ending.KNOWN, text="")
    wrong = replace(first, text="", ending=Ending.REFUSED)
    yield replace(wrong, name="wrong secret", secret="guessed", reason="wrong secret")
    unknown = replace(wrong, account=f"no-{account}")
    yield replace(unknown, name="unknown account", reason="unknown account")
    empty = PushRequest(method="POST", headers=good.headers)
    yield replace(wrong, name="empty", request=empty, reason="empty")
    longer = replace(good, body=good.body + b"&x=1")
    yield replace(
        wrong, name="cut by the network", request=longer, reason="broken off", is_cut=True
    )
    held = replace(wrong, ending=Ending.HELD)
    huge = replace(good, body=good.body + b"x" * (9 * _MEGABYTE))
    yield replace(held, name="9 MB", request=huge, reason="too large")


def _make_held(account: str, name: str, request: PushRequest) -> PushCase:
    """Return a case whose content cannot be read."""
    return PushCase(account, name, request, Ending.HELD, reason="unreadable")


def _list_unreadable(account: str) -> Iterator[PushCase]:
    """Yield bodies that no provider sends."""
    yield _make_held(account, "JSON, cut", PushRequest(b'{"number": "614', "application/json"))
    yield _make_held(account, "JSON, a number", PushRequest(b"17", "application/json"))
    yield _make_held(account, "JSON, empty array", PushRequest(b"[]", "application/json"))
    yield _make_held(account, "binary", PushRequest(bytes(range(256)), "application/octet-stream"))
    packed = gzipped(PushRequest(b"number=1&message=2" * 9, "application/x-www-form-urlencoded"))
    yield _make_held(account, "gzip, cut", replace(packed, body=packed.body[:-6]))
    whole = multipart({"number": "61491570156", "message": "hello"})
    yield _make_held(account, "multipart, cut", replace(whole, body=whole.body[:60]))
    yield _make_held(account, "HTML", PushRequest(b"<html><body>502</body></html>", "text/html"))


def _list_messageport() -> Iterator[PushCase]:
    """Yield receipts of MessagePort, and replies with something missing."""
    account = "messageport"
    for build in (form, multipart, json_body, lines, query):
        fields = {"reference": f"m{next(_ids):012}", "description": "DELIVERED"}
        name = f"receipt, {build.__name__}"
        yield PushCase(account, name, build(fields), Ending.RECEIPT)
    yield _make_held(account, "no number", form({"message": "who am I?"}))
    yield _make_held(account, "no text", form({"number": "61491570156"}))
    yield _make_held(account, "receipt without reference", form({"description": "FAILED"}))
    yield from _list_unreadable(account)


def _list_smartswitch() -> Iterator[PushCase]:
    """Yield receipts of SmartSwitch, a reused id, and replies with something missing."""
    account = "smartswitch"
    for build in (form, multipart, json_body, lines):
        fields = {"message_id": str(next(_ids)), "message_state": "delivered"}
        name = f"receipt, {build.__name__}"
        yield PushCase(account, name, build(fields), Ending.RECEIPT)
    for number, text in (("61491570501", "one id"), ("61491570502", "the same id")):
        fields = {"source_number": number, "body": text, "message_id": "reused"}
        yield PushCase(account, f"reused id, {text}", form(fields), Ending.MESSAGE, text)
    yield _make_held(account, "no sender", form({"body": "who am I?", "message_id": "1"}))
    yield from _list_unreadable(account)


def _list_serwersms() -> Iterator[PushCase]:
    """Yield replies and reports of SerwerSMS as its URL templates send them."""
    account = "serwersms"
    names = "numer wiadomosc data id"
    for name, charset, text in (
        ("query, UTF-8", "utf-8", WORLD.replace("\n", " ")),
        ("query, Windows-1250", "cp1250", CENTRAL),
        ("query, ISO-8859-2", "iso-8859-2", "Proszę o numer"),
        ("query, plain", "ascii", "Prosze o kontakt"),
    ):
        request = query(_make_fields(names, text), charset)
        yield PushCase(account, name, request, Ending.MESSAGE, text)
    for build in (form, multipart, json_body):
        request = build(_make_fields(names, CENTRAL))
        yield PushCase(account, f"POST, {build.__name__}", request, Ending.MESSAGE, CENTRAL)
    for state in ("DELIVRD", "UNDELIV", "EXPIRED", "REJECTD"):
        fields = {"smsid": f"s{next(_ids)}", "stan": state, "data": "2026-03-04 10:11:12"}
        yield PushCase(account, f"report {state}", query(fields), Ending.RECEIPT)
    yield _make_held(account, "no id, no date", query({"numer": "48500600701", "wiadomosc": "hm"}))
    yield _make_held(account, "report without id", query({"stan": "DELIVRD"}))
    yield from _list_broken(account, query(_make_fields(names, f"hello {account}")))


def _list_messente() -> Iterator[PushCase]:
    """Yield signed messages and reports of Messente, and wrong signatures."""
    account = "messente"

    def make_inbound(text: str, **changes: object) -> dict[str, object]:
        return {
            "msg_id": f"mo-{next(_ids)}",
            "sub_msg_id": "0c9f2b1a-7f55-4d0c-9b0d-3d7a2f7c1e22",
            "channel": "sms",
            "recipient": "+37259990011",
            "time": "2026-03-04T09:15:42.000000Z",
            "text": text,
            "sender": f"+{next(_numbers)}",
            **changes,
        }

    for name, charset in (
        ("UTF-8", "utf-8"),
        ("UTF-8 with BOM", "utf-8-sig"),
        ("UTF-16", "utf-16"),
    ):
        request = replace(json_body(make_inbound(WORLD), charset), tail="inbound")
        signed = sign_messente(request, INBOUND_SECRET)
        yield PushCase(account, f"JSON, {name}", signed, Ending.MESSAGE, WORLD)
    request = replace(json_body(make_inbound("words of a customer")), tail="inbound")
    for name, signed in (
        ("no signature", request),
        ("signed with the password", sign_messente(request, PASSWORD)),
        ("signed with nonsense", sign_messente(request, "nonsense")),
    ):
        yield PushCase(
            account, name, replace(signed, tail=name.split()[-1]), Ending.HELD, reason="signature"
        )
    right = sign_messente(request, INBOUND_SECRET)
    yield PushCase(account, "the same, signed right", right, Ending.MESSAGE, "words of a customer")
    changed = replace(right, body=right.body.replace(b"words", b"swear"))
    yield PushCase(account, "changed on the way", changed, Ending.HELD, reason="signature")
    for status in ("DELIVRD", "ACK", "UNDELIV", "SEEN"):
        report = {
            "status": status,
            "sender": "+37259990011",
            "err": 0,
            "message_id": f"sm-{next(_ids)}",
            "to": "+37251234567",
            "channel": "sms",
            "error": None,
            "omnimessage_id": f"om-{next(_ids)}",
            "timestamp": "2026-03-04T09:15:47.120345",
        }
        signed = sign_messente(json_body(report), PASSWORD)
        yield PushCase(account, f"report {status}", signed, Ending.RECEIPT)
    for name, value in (("no sender", make_inbound("hm", sender="")), ("an array", [1, 2])):
        signed = sign_messente(json_body(value), INBOUND_SECRET)
        yield _make_held(account, name, signed)
    cut = PushRequest(b'{"msg_id": "x", "text": "h', "application/json")
    yield _make_held(account, "JSON, cut", sign_messente(cut, INBOUND_SECRET))
    good = sign_messente(json_body(make_inbound(f"hello {account}")), INBOUND_SECRET)
    yield from _list_broken(account, good)


def _make_reply(text: str) -> dict[str, str]:
    """Return a reply as MessageMedia's template for webhooks writes it."""
    return {
        "reply_id": f"mm-{next(_ids)}",
        "source_number": f"+{next(_numbers)}",
        "destination_number": "+61491570157",
        "message_id": "3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58",
        "content": text,
        "date_received": "2026-03-04T05:12:31.408Z",
    }


def _list_messagemedia() -> Iterator[PushCase]:
    """Yield replies, reports and opt-outs of MessageMedia in the encodings of its webhooks."""
    account = "messagemedia"
    for build in (json_body, form, xml, multipart):
        text = WORLD.replace("\n", " ")
        request = build(_make_reply(text))
        yield PushCase(account, f"reply, {build.__name__}", request, Ending.MESSAGE, text)
    yield PushCase(
        account, "reply, UTF-16", json_body(_make_reply(WORLD), "utf-16"), Ending.MESSAGE, WORLD
    )
    yield PushCase(
        account, "reply, gzip", gzipped(json_body(_make_reply(WORLD))), Ending.MESSAGE, WORLD
    )
    yield PushCase(
        account,
        "reply, PUT",
        replace(json_body(_make_reply("put")), method="PUT"),
        Ending.MESSAGE,
        "put",
    )
    picture = {"content_type": "image/png", "content": "iVBORw0KGgo=", "original_name": "a.png"}
    mms = {**_make_reply("Here is the label"), "attachments": [picture]}
    yield PushCase(account, "reply, picture", json_body(mms), Ending.MESSAGE, "Here is the label")
    for status in ("delivered", "failed", "enroute"):
        report = {
            "delivery_report_id": f"dr-{next(_ids)}",
            "message_id": f"mt-{next(_ids)}",
            "source_number": "+61491570156",
            "status": status,
            "error_code": "200",
            "date_received": "2026-03-04T05:12:31.408Z",
        }
        yield PushCase(account, f"report {status}, JSON", json_body(report), Ending.RECEIPT)
    report["delivery_report_id"] = "dr-form"
    yield PushCase(account, "report, form", form(report), Ending.RECEIPT)
    no_sender = {k: v for k, v in _make_reply("hm").items() if k != "source_number"}
    yield _make_held(account, "no sender", json_body(no_sender))
    yield from _list_unreadable(account)
    yield from _list_broken(account, json_body(_make_reply(f"hello {account}")))


def _list_signed() -> Iterator[PushCase]:
    """Yield signed pushes of MessageMedia to an account that knows the public key."""
    account = "signed"
    for number, (name, digest, version) in enumerate(
        (
            ("SHA-512", "sha512", "HTTP/1.1"),
            ("SHA-256", "sha256", "HTTP/1.1"),
            ("SHA-224", "sha224", "HTTP/1.1"),
            ("HTTP/1.0", "sha512", "HTTP/1.0"),
        )
    ):
        case = PushCase(
            account,
            f"signed, {name}",
            json_body(_make_reply(f"signed {number}")),
            Ending.MESSAGE,
            f"signed {number}",
        )
        yield replace(case, request=sign_messagemedia(case.request, case.path, digest, version))
    case = PushCase(
        account, "not signed", json_body(_make_reply("?")), Ending.HELD, reason="signature"
    )
    yield case
    other = sign_messagemedia(json_body(_make_reply("?")), "/hooks/other")
    yield replace(case, name="signed for another path", request=other)
    signed = sign_messagemedia(json_body(_make_reply("words")), case.path)
    changed = replace(signed, body=signed.body.replace(b"words", b"swear"))
    yield replace(case, name="changed on the way", request=changed)
