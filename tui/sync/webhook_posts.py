"""Post an event to a webhook, signed as the public standard says: standardwebhooks.com."""

import asyncio
import base64
import binascii
import hashlib
import hmac
from dataclasses import field
from pathlib import Path

import httpx

from tui.clock import SECOND
from tui.domain.record_type import record
from tui.domain.web_addresses import is_unencrypted
from tui.sync.bounded_programs import URL_SECONDS, post_once, read_address

_SECRET_PREFIX = "whsec_"


@record
class PostTarget:
    """Where a webhook posts."""

    url: str = field(repr=False)
    secret_file: str
    kinds: frozenset[str] = frozenset()
    """Kinds of events; empty for all that are not about one hook."""
    allow_http: bool = False


def sign_body(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a post, as Standard Webhooks 1.0 ("Signature scheme") defines it.

    Args:
        secret: Secret of the webhook; after "whsec_" it is base64.
        message_id: Value of the header `webhook-id`.
        timestamp: Time of the post in seconds UTC.
        body: Bytes of the body.
    """
    key = secret.encode()
    if secret.startswith(_SECRET_PREFIX):
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def read_secret(path: Path) -> tuple[str, str]:
    """Return the secret of a webhook, or what is wrong with its file.

    Args:
        path: File that holds the secret and nothing else.
    """
    path = path.expanduser()
    try:
        secret = path.read_text(encoding="utf-8").strip()
        sign_body(secret, "", 0, b"")
    except OSError as error:
        return "", f"{path} cannot be read ({error.strerror})"
    except (binascii.Error, ValueError):
        return "", f"{path} holds no secret: text, or whsec_ and base64"
    return secret, "" if secret else f"{path} is empty: write a secret into it"


async def post_signed(webhook: PostTarget, message_id: str, now: int, body: bytes) -> str:
    """Post an event once; return what went wrong, without address and secret.

    Args:
        webhook: Where it is posted.
        message_id: What the receiver knows the event by, the same for each try.
        now: Current time in ms UTC.
        body: The event as JSON.
    """
    url, problem = await asyncio.to_thread(read_address, webhook.url, "url")
    if problem:
        return problem
    if is_unencrypted(url) and not webhook.allow_http:
        return "the address is not encrypted: use https://, or set allow_http = true"
    secret, problem = await asyncio.to_thread(read_secret, Path(webhook.secret_file))
    if problem:
        return problem
    timestamp = now // SECOND
    signature = sign_body(secret, message_id, timestamp, body)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }
    async with httpx.AsyncClient(timeout=URL_SECONDS) as client:
        line, _ = await post_once(client, url, body, headers)
    return line
