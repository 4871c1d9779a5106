"""Test pushed XML: what stands around the fields, bad syntax and hostile documents."""

import pytest

from tests.providers.pushes import (
    BOUNDARY,
    FORM,
    MULTIPART,
    SENDERS,
    Sender,
    build_push,
    build_xml,
    each_sender,
    open_account,
    read_problem,
    read_reply,
)

MESSAGEMEDIA = next(sender for sender in SENDERS if sender.provider == "messagemedia")


@each_sender
@pytest.mark.parametrize(
    "document",
    [
        "<a:reply xmlns:a='urn:x'>{}</a:reply>",
        "<s:Envelope xmlns:s='urn:s'><s:Header/><s:Body><reply>{}</reply></s:Body></s:Envelope>",
        "<replies><reply>{}</reply></replies>",
        "<?xml version='1.0'?>\n<!-- a comment -->\n<reply>\n  {}\n</reply>\n",
    ],
)
def test_the_elements_around_the_fields_do_not_matter(sender: Sender, document: str) -> None:
    fields = sender.build_fields("<![CDATA[a<b & c]]>")
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    push = build_push(document.format(inner).encode(), "text/xml")
    assert read_reply(open_account(sender), push).text == "a<b & c"


def test_fields_may_be_attributes_and_ampersands_may_stand_alone() -> None:
    body = b'<r reply_id="r1" source_number="+61491570156"><content>Tom & Jerry</content></r>'
    reply = read_reply(open_account(MESSAGEMEDIA), build_push(body, "application/xml"))
    assert (reply.event_id, reply.text) == ("r1", "Tom & Jerry")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&#xD83D;&#xDE00; &#55357;&#56832;", "😀 😀"),
        ("a&#0;b&#xD83D;c", "a\ufffdb\ufffdc"),
        ("a\x01b\x0b", "a\ufffdb\ufffd"),
        ("&#0;&#60;b&#38;", "\ufffd<b&"),
        ("&#9999999;", "\ufffd"),
    ],
)
def test_characters_that_xml_does_not_have_lose_no_reply(written: str, text: str) -> None:
    body = f'<r reply_id="r1" source_number="+61491570156"><content>{written}</content></r>'
    reply = read_reply(open_account(MESSAGEMEDIA), build_push(body.encode(), "application/xml"))
    assert reply.text == text


def test_several_replies_in_one_document_are_several_events() -> None:
    one = "<reply><reply_id>{0}</reply_id><source_number>+6149157015{0}</source_number></reply>"
    body = "<replies>" + "".join(map(one.format, "123")) + "</replies>"
    answer = open_account(MESSAGEMEDIA).read_push(build_push(body.encode(), "text/xml"))
    assert [getattr(event, "event_id", "") for event in answer.events] == ["1", "2", "3"]


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@each_sender
@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE reply [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE reply [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE reply SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<?xml version="1.0"?><!DOCTYPE reply [<!ENTITY % l9 "x">]>',
    ],
)
def test_xml_with_a_document_type_is_refused(sender: Sender, prolog: str) -> None:
    body = build_xml(sender.build_fields("&l9;"), "utf-8").body.partition(b"\n")[2]
    push = build_push(prolog.encode() + body.replace(b"&amp;", b"&"), "application/xml")
    assert "DOCTYPE" in read_problem(sender, push)


@each_sender
@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"<a>" * 1_000, "text/xml", "too many elements, or too deep"),
        (b"<a>" + b"<b/>" * 200_000 + b"</a>", "text/xml", "too many elements"),
        (b"<reply><text>a<b</reply>", "text/xml", "not valid XML"),
        (b"a=1\n" * 200_000, FORM, "more than 20,000"),
        (b"a: 1\n" * 200_000, "text/plain", "more than 20,000"),
        (b"--" + BOUNDARY.encode() + b"\r\nContent-Dis", MULTIPART, "cut or damaged"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(
    sender: Sender, body: bytes, kind: str, reason: str
) -> None:
    assert reason in read_problem(sender, build_push(body, kind))
