"""Account webhooks: created, listed, changed, deleted (MessageMedia API, webhooks management)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.messagemedia.guard import Guard
from tui.sandbox.messagemedia.refusal import Refused, not_found
from tui.sandbox.messagemedia.submission import is_web_address
from tui.sandbox.messagemedia.template import CONTENT_TYPES, render
from tui.sandbox.push import Push
from tui.sandbox.wire import json_response, read_object

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


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address that is told about certain events."""

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

    def as_json(self) -> dict[str, object]:
        """The object of the answers."""
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

    def push(self, fields: Mapping[str, object]) -> Push:
        """The request that tells this address about one event."""
        return Push(
            url=self.url,
            body=render(self.encoding, self.template, fields),
            method=self.method,
            headers={**self.headers, "Content-Type": CONTENT_TYPES[self.encoding]},
            pauses=(float(self.retry_delay),) * self.retries,
            timeout=self.read_timeout / 1000,
        )


class Webhooks:
    """The webhooks of the account."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Start with none."""
        self._new_id = new_id
        self._hooks: dict[str, Webhook] = {}

    def wanting(self, event: str) -> Iterator[Webhook]:
        """The webhooks that want to be told of an event."""
        return (hook for hook in self._hooks.values() if event in hook.events)

    def routes(self, guard: Guard) -> list[Route]:
        """Create and list, then read, change and delete one."""
        one = f"{PATH}/{{webhook_id}}"
        return [
            Route(PATH, guard(self.create), methods=["POST"]),
            Route(PATH, guard(self.page), methods=["GET"]),
            Route(one, guard(self.read), methods=["GET"]),
            Route(one, guard(self.change), methods=["PATCH"]),
            Route(one, guard(self.delete), methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """201 with the new webhook."""
        fields = await read_object(request)
        hook = _with_fields(Webhook(self._new_id(), "", "", "", (), {}, None), fields)
        hook = replace(
            hook,
            read_timeout=_number(fields, "read_timeout", hook.read_timeout),
            retries=_number(fields, "retries", hook.retries),
            retry_delay=_number(fields, "retry_delay", hook.retry_delay),
        )
        self._keep(hook)
        return json_response(hook.as_json(), 201)

    async def page(self, request: Request) -> Response:
        """One page, counted from 0."""
        query = request.query_params
        page = _query_number(query.get("page"), 0)
        size = _query_number(query.get("page_size") or query.get("pageSize"), DEFAULT_PAGE_SIZE)
        hooks = list(self._hooks.values())[page * size : (page + 1) * size]
        data = [hook.as_json() for hook in hooks]
        return json_response({"page": page, "pageSize": size, "pageData": data})

    async def read(self, request: Request) -> Response:
        """200 with one webhook."""
        return json_response(self._find(request).as_json())

    async def change(self, request: Request) -> Response:
        """200 with the changed webhook; at least one field has to be given."""
        hook, fields = self._find(request), await read_object(request)
        changed = _with_fields(hook, {**_fields_of(hook), **fields})
        if not fields or any(name in fields for name in CREATE_ONLY):
            raise Refused(400, "At least one field that may be changed is required")
        self._keep(changed)
        return json_response(changed.as_json())

    async def delete(self, request: Request) -> Response:
        """204."""
        del self._hooks[self._find(request).id]
        return Response(status_code=204)

    def _find(self, request: Request) -> Webhook:
        """The webhook that the path names, or 404."""
        hook = self._hooks.get(request.path_params["webhook_id"])
        if hook is None:
            raise not_found()
        return hook

    def _keep(self, hook: Webhook) -> None:
        """Keep a new or changed webhook, unless another has its URL and method."""
        others = [other for other in self._hooks.values() if other.id != hook.id]
        if any((other.url, other.method) == (hook.url, hook.method) for other in others):
            raise Refused(409, "A webhook with this URL and method already exists")
        self._hooks[hook.id] = hook


def _fields_of(hook: Webhook) -> dict[str, object]:
    """What a change may leave as it is."""
    return {name: value for name, value in hook.as_json().items() if name not in CREATE_ONLY}


def _with_fields(hook: Webhook, fields: Mapping[str, object]) -> Webhook:
    """The webhook with the fields of a request; raises `Refused` for a faulty one."""
    url, template = fields.get("url"), fields.get("template")
    if not isinstance(url, str) or not is_web_address(url) or len(url) > 1000:
        raise Refused(400, "url: must be an http or https address of up to 1000 characters")
    if template is not None and not isinstance(template, str):
        raise Refused(400, "template: must be a text")
    return replace(
        hook,
        url=url,
        method=_word(fields, "method", METHODS),
        encoding=_word(fields, "encoding", tuple(CONTENT_TYPES)),
        events=_events(fields),
        headers=_headers(fields),
        template=template,
    )


def _word(fields: Mapping[str, object], name: str, words: tuple[str, ...]) -> str:
    """A required word out of a list."""
    value = fields.get(name)
    if not isinstance(value, str) or value not in words:
        raise Refused(400, f"{name}: must be one of {', '.join(words)}")
    return value


def _events(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The events: at least one, all known."""
    events = fields.get("events")
    if not isinstance(events, list) or not events or not all(e in EVENTS for e in events):
        raise Refused(400, f"events: must be some of {', '.join(sorted(EVENTS))}")
    return tuple(events)


def _headers(fields: Mapping[str, object]) -> Mapping[str, str]:
    """Extra headers: not the content type, names up to 200 and values up to 1000 characters."""
    headers = fields.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise Refused(400, "headers: must be an object of texts")
    if not all(text.isascii() for pair in headers.items() for text in pair):
        raise Refused(400, "headers: must be ASCII")
    if any(name.lower() == "content-type" for name in headers):
        raise Refused(400, "headers: must not name Content-Type")
    if any(len(name) > 200 or len(value) > 1000 for name, value in headers.items()):
        raise Refused(400, "headers: names have up to 200, values up to 1000 characters")
    return headers


def _number(fields: Mapping[str, object], name: str, default: int) -> int:
    """A number within its limits."""
    value, (least, greatest) = fields.get(name, default), CREATE_ONLY[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= greatest:
        raise Refused(400, f"{name}: must be a whole number from {least} to {greatest}")
    return value


def _query_number(value: str | None, default: int) -> int:
    """A whole number of the query."""
    if value is None:
        return default
    if not value.isascii() or not value.isdigit():
        raise Refused(400, "page and page_size: must be whole numbers")
    return int(value)
