"""Build HTTP requests as senders build them: forms, multipart, JSON, lines, XML, signatures.

Nothing here uses the program's own readers, so that both cannot share a mistake.
"""

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

_BOUNDARY = "----desk7d1c9a"
Fields = Mapping[str, str]


@dataclass(frozen=True)
class PushRequest:
    """One request, without the listener's address."""

    body: bytes = b""
    content_type: str = ""
    method: str = "POST"
    tail: str = ""
    """What follows the secret in the path."""
    query: str = ""
    """Query as it stands in the request line."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, **headers: str) -> "PushRequest":
        """Return the request with more headers; underscores stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


def form(fields: Fields, charset: str = "utf-8", declared: str = "") -> PushRequest:
    """Return a form whose values are percent-encoded in a charset.

    Args:
        fields: Texts by name.
        charset: Charset of the bytes.
        declared: Charset that the content type names; empty for none.
    """
    body = urlencode({name: text.encode(charset) for name, text in fields.items()})
    return PushRequest(body.encode(), _declare("application/x-www-form-urlencoded", declared))


def query(fields: Fields, charset: str = "utf-8") -> PushRequest:
    """Return a GET request with the texts in its query."""
    encoded = "&".join(f"{name}={quote(text.encode(charset))}" for name, text in fields.items())
    return PushRequest(method="GET", query=encoded)


def multipart(fields: Fields, charset: str = "utf-8", declared: str = "") -> PushRequest:
    """Return `multipart/form-data` with one part for each text."""
    parts = []
    for name, text in fields.items():
        kind = f"\r\nContent-Type: {_declare('text/plain', declared)}" if declared else ""
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{kind}\r\n\r\n'
        parts.append(head.encode() + text.encode(charset) + b"\r\n")
    body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
    return PushRequest(body, f"multipart/form-data; boundary={_BOUNDARY}")


def json_body(value: object, charset: str = "utf-8", declared: str = "") -> PushRequest:
    """Return JSON with all characters as themselves, in a charset."""
    body = json.dumps(value, ensure_ascii=False).encode(charset)
    return PushRequest(body, _declare("application/json", declared))


def lines(fields: Fields, charset: str = "utf-8", declared: str = "") -> PushRequest:
    """Return plain text with one field on each line."""
    body = "\r\n".join(f"{name}={text}" for name, text in fields.items())
    return PushRequest(body.encode(charset), _declare("text/plain", declared))


def xml(fields: Fields, charset: str = "utf-8") -> PushRequest:
    """Return XML with one element for each text."""
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
    body = f'<?xml version="1.0" encoding="{charset}"?><push>{inner}</push>'
    return PushRequest(body.encode(charset), "application/xml")


def gzipped(request: PushRequest) -> PushRequest:
    """Return the request with its body compressed."""
    packed = replace(request, body=gzip.compress(request.body, mtime=0))
    return packed.with_headers(Content_Encoding="gzip")


def sign_messente(request: PushRequest, secret: str) -> PushRequest:
    """Sign a request as Messente does: HMAC-SHA256 over the raw body (signature and safety)."""
    digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    return request.with_headers(X_Messente_Signature=digest)


RSA_PUBLIC_KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCT6cRHZXhLBrgg3d4ILbRoZIAiaJNA5Mdne/Z59B7BOVYG786F88wpIbr4"
    "4RRuNk13Xk4H2+pRHCmZjvDzIwj+0CtS3GT4xhfWzJQmI2YUWg6DF5LcFfQmjn1S23Sd+FFr/qnaApStfNRvOweLGdWhKtA+"
    "8abwhXGvaocCtW2IrQIDAQAB"
)
"""Public half of a key that exists only for these tests."""
_RSA_MODULUS = int(
    "93e9c44765784b06b820ddde082db468648022689340e4c7677bf679f41ec1395606efce85f3cc2921baf8e1146e364d"
    "775e4e07dbea511c29998ef0f32308fed02b52dc64f8c617d6cc94262366145a0e831792dc15f4268e7d52db749df851"
    "6bfea9da0294ad7cd46f3b078b19d5a12ad03ef1a6f08571af6a8702b56d88ad",
    16,
)
_RSA_PRIVATE_EXPONENT = int(
    "b2887761b6187c769fc90c03f3db36e6ca67df205a9cf987b660ea204988d5b15f25004f475ffe0da7a906bea6ea60a1"
    "2073b3bbc8b60b30f30566836ef5dae3e09bf4bf0ecb8eab9704d85872a0af6fddc00a9d45522062f2973cee6ab4adaa"
    "32a1c4030d8cd8d24badc8888689e7e5ae02697525b4abb1c62ed8edbe78e01",
    16,
)
_DIGEST_PREFIXES = {
    "sha224": "302d300d06096086480165030402040500041c",
    "sha256": "3031300d060960864801650304020105000420",
    "sha512": "3051300d060960864801650304020305000440",
}
"""DER of the digest's name before the digest (RFC 8017, EMSA-PKCS1-v1_5)."""
_DATE = "Wed, 04 Mar 2026 14:02:00 GMT"


def sign_messagemedia(
    request: PushRequest, path: str, digest: str = "sha512", version: str = "HTTP/1.1"
) -> PushRequest:
    """Sign a request as MessageMedia does (verifying pushes).

    Args:
        request: Request to sign.
        path: Path of the request as the provider sends it, with the query.
        digest: Name of the digest in `hashlib`.
        version: HTTP version in the signed request line.
    """
    signed = f"{request.method} {path} {version}{_DATE}".encode() + request.body
    content = bytes.fromhex(_DIGEST_PREFIXES[digest]) + hashlib.new(digest, signed).digest()
    size = (_RSA_MODULUS.bit_length() + 7) // 8
    padded = b"\x00\x01" + b"\xff" * (size - len(content) - 3) + b"\x00" + content
    number = pow(int.from_bytes(padded, "big"), _RSA_PRIVATE_EXPONENT, _RSA_MODULUS)
    return request.with_headers(
        X_MessageMedia_Signature=base64.b64encode(number.to_bytes(size, "big")).decode(),
        X_MessageMedia_Digest_Type=digest.upper(),
        X_MessageMedia_Cipher_Type="RSA",
        X_MessageMedia_Key_Id="0c9f2b1a-7f55-4d0c-9b0d-3d7a2f7c1e22",
        Date=_DATE,
    )


def _declare(content_type: str, charset: str) -> str:
    """Return the content type with a charset, if one is declared."""
    return f"{content_type}; charset={charset}" if charset else content_type
