"""Read pushed XML as objects, lists and texts.

It comes from strangers, so it is read without a document type: then it has no entities that could
grow without a limit or name a file to load.
"""

import re
import sys
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from tui.domain.charsets import decode_text
from tui.domain.text import repair_json
from tui.providers.webhook_forms import MOST_FIELDS, BodyRules, UnreadableBody

_DEEPEST_ELEMENT = 32
_TOO_MANY = "The body is XML with too many elements, or too deep ones"
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_REFERENCES = re.compile(r"(?:&#(?:\d{1,7}|x[0-9A-Fa-f]{1,6});)+")
_REFERENCE = re.compile(r"&#(?:(\d+)|x([0-9A-Fa-f]+));")
_NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,1000}\?>")
_DECLARED_CHARSET = re.compile(rb"\s*<\?xml\b[^>]{0,1000}?encoding\s*=\s*[\"']([\w.:-]+)", re.ASCII)


def parse_xml(body: bytes, rules: BodyRules, charset: str = "") -> list[Any]:
    """Return the items of an XML document as objects; raise `UnreadableBody` if it has errors.

    Elements and attributes are fields. Elements around all of the fields are left out.

    Args:
        body: Document in an encoding that contains ASCII.
        rules: What the provider knows of its bodies.
        charset: Charset that the request declares; empty if it declares none.
    """
    named = _DECLARED_CHARSET.match(body)
    declared = charset or (named[1].decode("ascii") if named else "")
    text = _DECLARATION.sub("", decode_text(body, declared, rules.charset), count=1)
    if text.count('="') + text.count("='") > MOST_FIELDS:
        # The parser builds all attributes of an element before it can be asked to stop.
        raise UnreadableBody(_TOO_MANY)
    try:
        value = _ElementReader().read(text)
    except expat.ExpatError as error:
        if text.count("&") > MOST_FIELDS:
            raise UnreadableBody(_TOO_MANY) from None
        try:
            value = _ElementReader().read(_repair_document(text))
        except expat.ExpatError:
            raise UnreadableBody(f"The body is not valid XML: {error}") from None
    return [repair_json(item) for item in _unwrap_items(value)]


def _repair_document(text: str) -> str:
    """Return a document without the errors that are common in a customer's text."""
    text = _REFERENCES.sub(_repair_references, _BARE_AMPERSAND.sub("&amp;", text))
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _repair_references(found: re.Match[str]) -> str:
    """Return references to characters; an emoji that is written as two surrogates is itself.

    A reference to a character that XML does not have becomes U+FFFD.
    """
    codes = [int(one[1] or int(one[2], 16)) for one in _REFERENCE.finditer(found[0])]
    characters = "".join(chr(code) if code <= sys.maxunicode else "\0" for code in codes)
    if not _NOT_IN_XML.search(characters):
        return found[0]
    joined = characters.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return escape(joined)


def _unwrap_items(value: Any) -> list[Any]:
    """Return the items inside the elements that only hold them, such as a SOAP envelope."""
    while isinstance(value, dict):
        full = [child for child in value.values() if child not in ("", {}, [])]
        if len(full) != 1 or not isinstance(full[0], dict | list):
            break
        value = full[0]
    return value if isinstance(value, list) else [value]


@dataclass(slots=True)
class _Element:
    """An element while its content arrives."""

    attributes: list[tuple[str, str]] = field(default_factory=list)
    children: list[tuple[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class _ElementReader:
    """Turn one XML document into objects, lists and texts, within limits."""

    def __init__(self) -> None:
        """Create the parser, which refuses a document type."""
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._open_element
        self._parser.EndElementHandler = self._close_element
        self._parser.CharacterDataHandler = self._add_text
        self._open = [_Element()]
        self._count = 0

    def read(self, text: str) -> Any:
        """Return the value of the outermost element; raise `ExpatError` or `UnreadableBody`."""
        self._parser.Parse(text.encode("utf-8", "replace"), True)
        (_, value), *_ = self._open[0].children
        return value

    def _refuse_document_type(self, *_: Any) -> None:
        """Raise `UnreadableBody`."""
        raise UnreadableBody("The body is XML with a document type (DOCTYPE), which is not read")

    def _open_element(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element, unless there are too many of them or they are too deep."""
        self._count += 1 + len(attributes)
        if len(self._open) > _DEEPEST_ELEMENT or self._count > MOST_FIELDS:
            raise UnreadableBody(_TOO_MANY)
        fields = [
            (_get_local_name(key), text)
            for key, text in attributes.items()
            if not key.startswith("xmlns")
        ]
        self._open.append(_Element(fields))

    def _add_text(self, text: str) -> None:
        """Collect text of the current element."""
        self._open[-1].texts.append(text)

    def _close_element(self, name: str) -> None:
        """End an element and give its value to the element around it."""
        element = self._open.pop()
        text = "".join(element.texts)
        if element.children or (element.attributes and not text.strip()):
            fields = [*element.attributes, *element.children]
            value = _build_object(_get_local_name(name), fields)
        else:
            # A value on lines of its own is indented for people.
            value = text.strip() if text.startswith(("\n", "\r")) else text
        self._open[-1].children.append((_get_local_name(name), value))


def _get_local_name(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition(":")[2]


def _build_object(name: str, children: list[tuple[str, Any]]) -> Any:
    """Return the children of an element as an object, or as a list if all have one name.

    A single child is a list if the element's name is its plural: `attachment` in `attachments`.
    """
    names = {child for child, _ in children}
    is_plural = name not in names and name.startswith((*names,))
    if len(names) == 1 and (len(children) > 1 or is_plural):
        return [value for _, value in children]
    found: dict[str, Any] = {}
    for child, value in children:
        if child not in found:
            found[child] = value
        elif isinstance(found[child], list):
            found[child].append(value)
        else:
            found[child] = [found[child], value]
    return found
