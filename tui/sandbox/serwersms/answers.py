"""Format answers as JSON or XML, always with HTTP status 200."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from starlette.responses import Response

from tui.sandbox.wire import to_json_response

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_answer(body: object, suffix: str) -> Response:
    """Return the body in the format that the action's suffix selects.

    Args:
        body: JSON value of the answer.
        suffix: `json`, `xml` or empty.
    """
    if suffix != "xml":
        return to_json_response(body)
    text = f'<?xml version="1.0" encoding="UTF-8"?><response>{to_xml(body)}</response>'
    return Response(text, media_type="application/xml")


def to_xml(value: object) -> str:
    """Return a JSON value as elements; the entries of a list are called `item`.

    Args:
        value: JSON value.
    """
    match value:
        case Mapping():
            return "".join(f"<{name}>{to_xml(inner)}</{name}>" for name, inner in value.items())
        case list():
            return "".join(f"<item>{to_xml(inner)}</item>" for inner in value)
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case _:
            # XML 1.0 forbids most control characters, even as character references.
            return escape(NOT_IN_XML.sub("\ufffd", str(value)))
