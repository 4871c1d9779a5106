"""Create, list, change and delete account webhooks (MessageMedia API, webhooks management)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.domain.record_type import record
from tui.sandbox.messagemedia.auth import RefusedRequest, RequestGuard, not_found
from tui.sandbox.messagemedia.submission import is_web_address
from tui.sandbox.messagemedia.template import CONTENT_TYPES, render_body
from tui.sandbox.push import PushRequest
from tui.sandbox.wire import read_object, to_json_response

PATH = "/v1/webhooks/messages"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EVENTS = frozenset(
    {"RECEIVED_SMS", "RECEIVED_MMS", "OPT_OUT_SMS"}
    | {
        f"{word}_DR"
        for word in ("ENROUTE", "SUBMITTED", "DELIVERED", "EXPIRED", "REJECTED", "FAILED")
    }
)
CREATE_ONLY = {"read_timeout": (1, 60_000), "retries": (0, 5), "retry_delay": (5, 60)}
"""Numbers that only a creation may set, with their least and greatest value."""
DEFAULT_PAGE_SIZE = 20


@record
class Webhook:
    """One address that is notified of certain events."""

    id: str
    url: str
    method: str
    encoding: str
    events: tuple[str, ...]
    headers: Mapping[str, str]
    template: str | None
    read_timeout: int = 20_000
    """Milliseconds."""
    retries: int = 0
    retry_delay: int = 5
    """Seconds."""

    def to_json(self) -> dict[str, object]:
        """Return the object of the answers."""
        body: dict[str, object] = {
            "id": self.id,
            "url": self.url,
            "method": self.method,
            "encoding": self.encoding,
            "headers": dict(self.headers),
            "events": list(self.events),
            "read_timeout": self.read_timeout,
            "retries": self.retries,
            "retry_delay": self.retry_delay,
        }
        return body if self.template is None else {**body, "template": self.template}

    def build_push(self, fields: Mapping[str, object]) -> PushRequest:
        """Return the request that notifies this address of one event.

        Args:
            fields: Fields of the notification.
        """
        return PushRequest(
            url=self.url,
            body=render_body(self.encoding, self.template, fields),
            method=self.method,
            headers={**self.headers, "Content-Type": CONTENT_TYPES[self.encoding]},
            pauses=(float(self.retry_delay),) * self.retries,
            timeout=self.read_timeout / 1000,
        )


class Webhooks:
    """The webhooks of the account."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Create an empty list of webhooks.

        Args:
            new_id: Returns a new webhook id.
        """
        self._new_id = new_id
        self._hooks: dict[str, Webhook] = {}

    def find_subscribed(self, event: str) -> Iterator[Webhook]:
        """Return the webhooks that are subscribed to an event.

        Args:
            event: One of `EVENTS`.
        """
        return (hook for hook in self._hooks.values() if event in hook.events)

    def build_routes(self, guard: RequestGuard) -> list[Route]:
        """Return the routes to create, list, read, change and delete webhooks."""
        webhook_path = f"{PATH}/{{webhook_id}}"
        return [
            Route(PATH, guard(self.create_webhook), methods=["POST"]),
            Route(PATH, guard(self.list_webhooks), methods=["GET"]),
            Route(webhook_path, guard(self.show_webhook), methods=["GET"]),
            Route(webhook_path, guard(self.change_webhook), methods=["PATCH"]),
            Route(webhook_path, guard(self.delete_webhook), methods=["DELETE"]),
        ]

    async def create_webhook(self, request: Request) -> Response:
        """Create a webhook and answer 201."""
        fields = await read_object(request)
        hook = _apply_fields(Webhook(self._new_id(), "", "", "", (), {}, None), fields)
        hook = replace(
            hook,
            read_timeout=_read_number(fields, "read_timeout", hook.read_timeout),
            retries=_read_number(fields, "retries", hook.retries),
            retry_delay=_read_number(fields, "retry_delay", hook.retry_delay),
        )
        self._store_webhook(hook)
        return to_json_response(hook.to_json(), 201)

    async def list_webhooks(self, request: Request) -> Response:
        """Return one page, counted from 0."""
        query = request.query_params
        page = _read_query_number(query.get("page"), 0)
        size = _read_query_number(
            query.get("page_size") or query.get("pageSize"), DEFAULT_PAGE_SIZE
        )
        hooks = list(self._hooks.values())[page * size : (page + 1) * size]
        data = [hook.to_json() for hook in hooks]
        return to_json_response({"page": page, "pageSize": size, "pageData": data})

    async def show_webhook(self, request: Request) -> Response:
        """Return one webhook with status 200."""
        return to_json_response(self._find_webhook(request).to_json())

    async def change_webhook(self, request: Request) -> Response:
        """Change a webhook; at least one field has to be given."""
        hook, fields = self._find_webhook(request), await read_object(request)
        changed = _apply_fields(hook, {**_changeable_fields(hook), **fields})
        if not fields or any(name in fields for name in CREATE_ONLY):
            raise RefusedRequest(400, "At least one field that may be changed is required")
        self._store_webhook(changed)
        return to_json_response(changed.to_json())

    async def delete_webhook(self, request: Request) -> Response:
        """Delete a webhook and answer 204."""
        del self._hooks[self._find_webhook(request).id]
        return Response(status_code=204)

    def _find_webhook(self, request: Request) -> Webhook:
        """Return the webhook that the path names, or refuse with 404."""
        hook = self._hooks.get(request.path_params["webhook_id"])
        if hook is None:
            raise not_found()
        return hook

    def _store_webhook(self, hook: Webhook) -> None:
        """Store a new or changed webhook, unless another one has its URL and method."""
        others = [other for other in self._hooks.values() if other.id != hook.id]
        if any((other.url, other.method) == (hook.url, hook.method) for other in others):
            raise RefusedRequest(409, "A webhook with this URL and method already exists")
        self._hooks[hook.id] = hook


def _changeable_fields(hook: Webhook) -> dict[str, object]:
    """Return the fields that a change may leave as they are."""
    return {name: value for name, value in hook.to_json().items() if name not in CREATE_ONLY}


def _apply_fields(hook: Webhook, fields: Mapping[str, object]) -> Webhook:
    """Return the webhook with the fields of a request; raise `RefusedRequest` if invalid."""
    url, template = fields.get("url"), fields.get("template")
    if not isinstance(url, str) or not is_web_address(url) or len(url) > 1000:
        raise RefusedRequest(400, "url: must be an http or https address of up to 1000 characters")
    if template is not None and not isinstance(template, str):
        raise RefusedRequest(400, "template: must be a text")
    return replace(
        hook,
        url=url,
        method=_read_choice(fields, "method", METHODS),
        encoding=_read_choice(fields, "encoding", tuple(CONTENT_TYPES)),
        events=_read_events(fields),
        headers=_read_headers(fields),
        template=template,
    )


def _read_choice(fields: Mapping[str, object], name: str, choices: tuple[str, ...]) -> str:
    """Return a required value out of a list."""
    value = fields.get(name)
    if not isinstance(value, str) or value not in choices:
        raise RefusedRequest(400, f"{name}: must be one of {', '.join(choices)}")
    return value


def _read_events(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Return the events: at least one, all known."""
    events = fields.get("events")
    if not isinstance(events, list) or not events or not all(e in EVENTS for e in events):
        raise RefusedRequest(400, f"events: must be some of {', '.join(sorted(EVENTS))}")
    return tuple(events)


def _read_headers(fields: Mapping[str, object]) -> Mapping[str, str]:
    """Return extra headers: no content type, names to 200 and values to 1000 characters."""
    headers = fields.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise RefusedRequest(400, "headers: must be an object of texts")
    if not all(text.isascii() for pair in headers.items() for text in pair):
        raise RefusedRequest(400, "headers: must be ASCII")
    if any(name.lower() == "content-type" for name in headers):
        raise RefusedRequest(400, "headers: must not name Content-Type")
    if any(len(name) > 200 or len(value) > 1000 for name, value in headers.items()):
        raise RefusedRequest(400, "headers: names have up to 200, values up to 1000 characters")
    return headers


def _read_number(fields: Mapping[str, object], name: str, default: int) -> int:
    """Return a number within its limits."""
    value, (least, greatest) = fields.get(name, default), CREATE_ONLY[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= greatest:
        raise RefusedRequest(400, f"{name}: must be a whole number from {least} to {greatest}")
    return value


def _read_query_number(value: str | None, default: int) -> int:
    """Return a whole number of the query."""
    if value is None:
        return default
    if not value.isascii() or not value.isdigit():
        raise RefusedRequest(400, "page and page_size: must be whole numbers")
    return int(value)
