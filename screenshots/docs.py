"""Write the parts of the documentation that come from the code."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tui.cli.manual import format_manual
from tui.commands import format_key_table
from tui.domain.conversation_json import CONVERSATION_FIELDS
from tui.domain.inbox_events import EVENT_FIELDS, KIND_MEANINGS
from tui.domain.json_fields import MESSAGE_FIELDS, describe_fields
from tui.providers.catalog import CATALOG
from tui.providers.provider_table import format_panel, format_provider_table
from tui.settings.reference import format_account_tables, format_general_tables

ROOT = Path(__file__).parent.parent
MANUAL = ROOT / "tui/docs/smsdesk.1"


def format_message_fields() -> str:
    """Return the fields of a message in JSON as a Markdown table."""
    return _format_table(describe_fields(MESSAGE_FIELDS))


def format_conversation_fields() -> str:
    """Return the fields of a conversation in JSON as a Markdown table."""
    return _format_table(describe_fields(CONVERSATION_FIELDS))


def format_event_fields() -> str:
    """Return the fields of an event in JSON as a Markdown table."""
    return _format_table(describe_fields(EVENT_FIELDS))


def format_event_kinds() -> str:
    """Return the kinds of events as a Markdown table."""
    rows = (f"| `{kind}` | {meaning} |" for kind, meaning in KIND_MEANINGS.items())
    return "\n".join(["| kind | what happened |", "| --- | --- |", *rows])


def _format_table(fields: Iterable[tuple[str, str, str]]) -> str:
    """Return a Markdown table of fields: name, type and meaning."""
    rows = (f"| `{name}` | {type_name} | {meaning} |" for name, type_name, meaning in fields)
    return "\n".join(["| field | type | meaning |", "| --- | --- | --- |", *rows])


GENERATORS: Mapping[str, Callable[[], str]] = {
    "keys": format_key_table,
    "json": format_message_fields,
    "json_conversations": format_conversation_fields,
    "json_events": format_event_fields,
    "event_kinds": format_event_kinds,
    "settings": format_general_tables,
    "account_settings": format_account_tables,
    "providers": format_provider_table,
    **{f"panel_{name}": functools.partial(format_panel, name) for name in CATALOG},
}
"""What makes the lines between `<!-- NAME -->` and `<!-- /NAME -->`, by name."""

_PICTURE = re.compile(r"\]\((?:\.\./)*screenshots/([\w-]+)\.svg\)")


def list_pages() -> list[Path]:
    """Return README and the pages of the documentation."""
    return [ROOT / "README.md", *sorted((ROOT / "tui/docs").glob("*.md"))]


def list_shown_pictures() -> set[str]:
    """Return the names of the pictures that a page shows."""
    pages = (page.read_text(encoding="utf-8") for page in list_pages())
    return {name for page in pages for name in _PICTURE.findall(page)}


def generate_docs() -> Iterator[tuple[Path, str]]:
    """Yield each file that has generated parts, with the text it should have."""
    yield MANUAL, format_manual()
    for page in list_pages():
        text = page.read_text(encoding="utf-8")
        yield page, fill_page(text)


def fill_page(text: str) -> str:
    """Return a page with its generated parts made anew.

    Raises:
        ValueError: If a part has no end.
    """
    for name, generate in GENERATORS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        if not found:
            continue
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the part {name} has no end")
        text = f"{before}{start}{generate()}\n{end}{after}"
    return text


def write_docs() -> list[Path]:
    """Write all generated parts and return the files that have changed."""
    changed = []
    for path, text in generate_docs():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
