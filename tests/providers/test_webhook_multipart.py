"""Test multipart forms of careful and careless senders, with fields and files."""

import base64
import json
from urllib.parse import urlencode

import pytest

from tests.providers.pushes import (
    BOUNDARY,
    FORM,
    MULTIPART,
    SENDERS,
    Sender,
    build_form,
    build_json,
    build_multipart,
    build_push,
    each_sender,
    join_parts,
    open_account,
    read_problem,
    read_reply,
)
from tui.domain.message import Attachment

BY_NAME = {sender.provider: sender for sender in SENDERS}
MESSAGEPORT, SERWERSMS, MESSAGEMEDIA = (
    BY_NAME[name] for name in ("messageport", "serwersms", "messagemedia")
)
JPEG = b"\xff\xd8\xff\xe0\r\n--\0" + bytes(range(256))


def add_file(body: bytes, name: str, file_name: str, kind: str, data: bytes) -> bytes:
    """Return a multipart body with a file in front of its end."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    head += f'; filename="{file_name}"' if file_name else ""
    part = f"{head}\r\nContent-Type: {kind}\r\n\r\n".encode() + data + b"\r\n"
    end = f"--{BOUNDARY}--\r\n".encode()
    return body.removesuffix(end) + part + end


@each_sender
@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"\r\n", b"\n"),
        lambda body: b"\r\n" + body,
        lambda body: body + b"epilogue",
        lambda body: body.replace(b'"\r\n\r\n', b'"\r\nContent-Type: text/plain\r\n\r\n'),
        lambda body: body.replace(b"form-data; name", b"form-data;name"),
    ],
)
def test_multipart_of_careless_senders_is_read(sender: Sender, change: object) -> None:
    body = change(join_parts(sender.build_fields("Größe & co"), "utf-8"))  # type: ignore[operator]
    for kind in (MULTIPART, f'Multipart/Form-Data; charset=utf-8; Boundary="{BOUNDARY}"'):
        assert read_reply(open_account(sender), build_push(body, kind)).text == "Größe & co"


@each_sender
@pytest.mark.parametrize("kind", ["", "multipart/form-data", "application/octet-stream"])
def test_multipart_is_seen_without_its_header(sender: Sender, kind: str) -> None:
    body = join_parts(sender.build_fields("Yes please"), "utf-8")
    assert read_reply(open_account(sender), build_push(body, kind)).text == "Yes please"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text/plain; charset=windows-1250", "Zażółć".encode("cp1250")),
        ("text/plain; charset=utf-16", "Zażółć".encode("utf-16")),
        ("text/plain", "Zażółć".encode()),
        ("application/json", json.dumps("Zażółć").encode()),
    ],
)
def test_a_part_has_its_own_type(kind: str, data: bytes) -> None:
    fields = {n: t for n, t in MESSAGEPORT.build_fields("").items() if n != "message"}
    body = add_file(join_parts(fields, "utf-8"), "message", "", kind, data)
    assert read_reply(open_account(MESSAGEPORT), build_push(body, MULTIPART)).text == "Zażółć"


@pytest.mark.parametrize(
    ("encoding", "data"),
    [("base64", base64.encodebytes("Größe".encode())), ("quoted-printable", b"Gr=C3=B6=C3=9Fe")],
)
def test_a_transfer_encoding_is_undone(encoding: str, data: bytes) -> None:
    fields = {n: t for n, t in MESSAGEPORT.build_fields("").items() if n != "message"}
    kind = f"text/plain\r\nContent-Transfer-Encoding: {encoding}"
    body = add_file(join_parts(fields, "utf-8"), "message", "", kind, data.rstrip())
    assert read_reply(open_account(MESSAGEPORT), build_push(body, MULTIPART)).text == "Größe"


@pytest.mark.parametrize("provider", ["messageport", "smartswitch"])
def test_an_uploaded_picture_comes_with_the_reply(provider: str) -> None:
    sender = BY_NAME[provider]
    body = join_parts(sender.build_fields("Look"), "utf-8")
    push = build_push(add_file(body, "picture", "Größe.jpg", "image/jpeg", JPEG), MULTIPART)
    reply = read_reply(open_account(sender), push)
    assert reply.text == "Look"
    assert reply.attachments == (Attachment("Größe.jpg", "image/jpeg", JPEG),)
    assert len(reply.raw) < 500


@pytest.mark.parametrize("provider", ["messageport", "smartswitch"])
def test_two_pictures_are_two_replies(provider: str) -> None:
    sender = BY_NAME[provider]
    fields = {name: text for name, text in sender.build_fields("").items() if name != "message_id"}
    account, body = open_account(sender), join_parts(fields, "utf-8")
    ids = []
    for data in (b"one", b"two", b"one"):
        push = build_push(add_file(body, "picture", "a.jpg", "image/jpeg", data), MULTIPART)
        ids.append(read_reply(account, push).event_id)
    assert ids[0] == ids[2] != ids[1]


def test_a_picture_without_a_text_is_a_reply() -> None:
    fields = {n: t for n, t in MESSAGEPORT.build_fields("").items() if n != "message"}
    body = add_file(join_parts(fields, "utf-8"), "file", "a.jpg", "image/jpeg", JPEG)
    reply = read_reply(open_account(MESSAGEPORT), build_push(body, MULTIPART))
    assert (reply.text, len(reply.attachments)) == ("", 1)


@pytest.mark.parametrize(
    "name", ["attachments", "attachments[]", "attachments[0]", "plik", "file1"]
)
@pytest.mark.parametrize("sender", [SERWERSMS, MESSAGEMEDIA], ids=["serwersms", "messagemedia"])
def test_uploaded_files_are_attachments(sender: Sender, name: str) -> None:
    body = join_parts(sender.build_fields("Look"), "utf-8")
    body = add_file(body, name, "a.jpg", "image/jpeg", JPEG)
    body = add_file(body, name.replace("0", "1"), "b.pdf", "application/pdf", b"%PDF")
    reply = read_reply(open_account(sender), build_push(body, MULTIPART))
    found = [(a.name, a.content_type, a.data) for a in reply.attachments]
    assert found == [("a.jpg", "image/jpeg", JPEG), ("b.pdf", "application/pdf", b"%PDF")]
    assert len(reply.raw) < 1_000


def list_mms_fields(text: str, charset: str) -> dict[str, str]:
    """Return the fields of an MMS of SerwerSMS in the notation of PHP."""
    files = {
        "a.gif": ("image/gif", b"GIF"),
        "text.txt": ("text/plain", text.encode(charset)),
    }
    fields = {"id": "88120931", "phone": "+48500600700", "recived": "2026-03-04 09:15:07"}
    for number, (name, (kind, data)) in enumerate(files.items()):
        fields[f"attachments[{number}][name]"] = name
        fields[f"attachments[{number}][content_type]"] = kind
        fields[f"attachments[{number}][data]"] = base64.b64encode(data).decode()
    return fields


@pytest.mark.parametrize("charset", ["utf-8", "windows-1250"])
def test_an_mms_in_the_notation_of_php_has_its_files_and_its_text(charset: str) -> None:
    fields = list_mms_fields("Zażółć gęślą", charset)
    form = build_push(urlencode(fields).encode(), FORM)
    unescaped = build_push("&".join(f"{n}={t}" for n, t in fields.items()).encode(), FORM)
    for push in (form, unescaped, build_multipart(fields, "utf-8")):
        reply = read_reply(open_account(SERWERSMS), push)
        assert reply.text == "Zażółć gęślą"
        assert [part.name for part in reply.attachments] == ["a.gif", "text.txt"]
        assert reply.attachments[0].data == b"GIF"


def test_the_content_of_an_attachment_may_be_a_file() -> None:
    fields = {n: t for n, t in list_mms_fields("", "utf-8").items() if "[1]" not in n}
    del fields["attachments[0][data]"]
    body = add_file(join_parts(fields, "utf-8"), "attachments[0][data]", "x", "image/gif", JPEG)
    reply = read_reply(open_account(SERWERSMS), build_push(body, MULTIPART))
    assert reply.attachments == (Attachment("a.gif", "image/gif", JPEG),)


@each_sender
@pytest.mark.parametrize("cut", [10, 60, -3, -20])
def test_a_cut_multipart_body_is_no_reply(sender: Sender, cut: int) -> None:
    body = join_parts(sender.build_fields("Hello, this is long enough to be cut"), "utf-8")
    assert "cut or damaged" in read_problem(sender, build_push(body[:cut], MULTIPART))


@each_sender
def test_a_body_that_is_multipart_only_by_its_header_is_read(sender: Sender) -> None:
    for build in (build_form, build_json):
        push = build_push(build(sender.build_fields("Größe"), "utf-8").body, MULTIPART)
        assert read_reply(open_account(sender), push).text == "Größe"
