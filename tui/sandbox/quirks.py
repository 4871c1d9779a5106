"""Let a provider behave in ways that its documentation leaves open, or that real senders have.

Each stays on for one provider until it is switched off:

    multipart            pushed forms and JSON come as multipart/form-data
    array                pushed JSON comes as a form with names such as `attachments[0][data]`
    json                 pushed forms come as JSON
    legacy_charset       pushed texts are in the old code page of the provider's country, undeclared
    http_1_0             pushes arrive in HTTP/1.0, as nginx passes them on by default
    signed               pushes of MessageMedia are signed, over the request line in HTTP/1.1
    no_paging            a list of SerwerSMS ignores `page` and returns the first page again
    reused_ids           replies of SmartSwitch all have the same `message_id`
    no_credit            every send is refused for lack of credit, and the balance is 0
    strict_accept        MessageMedia answers 406 to a confirmation that accepts JSON only
    stuck_confirmations  MessageMedia accepts confirmations without effect
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit, urlunsplit

from tui.sandbox.push import PushRequest

FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "smsdesk-sandbox-boundary"


class Quirk(StrEnum):
    """One way to behave."""

    MULTIPART = "multipart"
    ARRAY = "array"
    JSON = "json"
    LEGACY_CHARSET = "legacy_charset"
    HTTP_1_0 = "http_1_0"
    SIGNED = "signed"
    NO_PAGING = "no_paging"
    REUSED_IDS = "reused_ids"
    NO_CREDIT = "no_credit"
    STRICT_ACCEPT = "strict_accept"
    STUCK_CONFIRMATIONS = "stuck_confirmations"


def rewrite_push(push: PushRequest, quirks: set[Quirk], legacy_charset: str) -> PushRequest:
    """Return a push in the notation, charset and version that the quirks ask for.

    Args:
        push: Push as the provider documents it: a query, a form or JSON.
        quirks: Quirks that are on.
        legacy_charset: Code page of the provider's country.
    """
    charset = legacy_charset if Quirk.LEGACY_CHARSET in quirks else "utf-8"
    if push.body:
        push = _rewrite_body(push, quirks, charset)
    elif charset != "utf-8":
        parts = urlsplit(push.url)
        query = _encode_form(parse_qsl(parts.query, keep_blank_values=True), charset)
        push = replace(push, url=urlunsplit(parts._replace(query=query)))
    return replace(push, http_version="1.0") if Quirk.HTTP_1_0 in quirks else push


def _rewrite_body(push: PushRequest, quirks: set[Quirk], charset: str) -> PushRequest:
    """Return a push with its body in another notation, or in another charset."""
    content_type = push.headers.get("Content-Type", "")
    is_form = content_type.startswith(FORM)
    if not is_form and not content_type.startswith("application/json"):
        return push
    fields = _read_form(push.body) if is_form else json.loads(push.body)
    if Quirk.MULTIPART in quirks:
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        return _replace_body(push, _encode_multipart(fields, charset), kind)
    if Quirk.ARRAY in quirks or (is_form and Quirk.JSON not in quirks):
        return _replace_body(push, _encode_form(list(_flatten(fields)), charset).encode(), FORM)
    # ASCII escapes have no charset, so characters are written as they are.
    text = json.dumps(fields, ensure_ascii=charset == "utf-8")
    return _replace_body(push, text.encode(charset, "replace"), "application/json")


def _replace_body(push: PushRequest, body: bytes, content_type: str) -> PushRequest:
    """Return a push with another body."""
    return replace(push, body=body).with_headers({"Content-Type": content_type})


def _read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form in UTF-8."""
    return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="surrogatepass"))


def _flatten(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield names and texts in the array notation of PHP."""
    inner: Iterator[tuple[object, object]]
    match value:
        case dict():
            inner = iter(value.items())
        case list():
            inner = iter(enumerate(value))
        case _:
            yield name, "" if value is None else str(value)
            return
    for key, item in inner:
        yield from _flatten(item, f"{name}[{key}]" if name else str(key))


def _encode_form(pairs: list[tuple[str, str]], charset: str) -> str:
    """Return pairs as a query whose escapes are bytes of a charset."""
    errors = "surrogatepass" if charset == "utf-8" else "replace"
    return "&".join(
        "=".join(quote_from_bytes(text.encode(charset, errors), safe="") for text in pair)
        for pair in pairs
    )


def _encode_multipart(fields: object, charset: str) -> bytes:
    """Return fields as multipart/form-data, nested ones in the array notation of PHP."""
    errors = "surrogatepass" if charset == "utf-8" else "replace"
    lines: list[bytes] = []
    for name, text in _flatten(fields):
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        lines.append(head.encode() + text.encode(charset, errors) + b"\r\n")
    return b"".join([*lines, f"--{_BOUNDARY}--\r\n".encode()])
