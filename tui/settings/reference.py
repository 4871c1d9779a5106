"""Describe every setting for users: the tables of the page `settings`.

All of it follows from the models: key, type and default from the fields, description and example
from the docstrings under them. Docstrings are read from the source, which takes long, so nothing
that runs every day imports this module.
"""

import ast
import inspect
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from tui.domain.record_type import record
from tui.providers.catalog import CATALOG
from tui.settings.account_base import AccountBase
from tui.settings.accounts import ACCOUNT_MODELS
from tui.settings.fields import TypeName
from tui.settings.models import get_fields, resolve_types
from tui.settings.problems import format_variable
from tui.settings.public import GeneralSettings

_ACCOUNT = ("accounts", "NAME")
"""Place of an account's settings; NAME is chosen by the user."""
_PROVIDER = (*_ACCOUNT, "provider")
_EXAMPLE = "Example:"
_TYPE_NAMES: dict[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    Path: "path",
    SecretStr: "secret text",
    tuple: "list of texts",
    dict: "table",
}
"""What a value is called; other types are written as text."""
_COLUMNS = ("setting", "type", "default", "example", "environment variable", "meaning")


@record
class SettingRow:
    """One setting as users read of it; values are written as in the settings file."""

    key: str
    type: str
    """Kind of value, in words, with its limits or choices."""
    default: str
    """The default; empty if there is none."""
    is_required: bool
    example: str
    variable: str
    description: str


def list_general_rows() -> list[SettingRow]:
    """Return the settings that are not about accounts, with those of their tables."""
    return list(_list_rows(GeneralSettings, ()))


def list_account_rows(provider: str = "") -> list[SettingRow]:
    """Return the settings of every account, or those that only a provider's accounts have.

    Args:
        provider: Name of a provider; empty for the settings of every account.
    """
    if not provider:
        common = _list_rows(AccountBase, _ACCOUNT)
        return [row for row in common if row.key.split(".")[-1] != "base_url"]
    # `base_url` has another default for each provider.
    own = {"base_url", *ACCOUNT_MODELS[provider].__annotations__} - {"provider"}
    rows = _list_rows(ACCOUNT_MODELS[provider], _ACCOUNT)
    return [row for row in rows if row.key.split(".")[len(_ACCOUNT)] in own]


def format_general_tables() -> str:
    """Return the settings that are not about accounts as Markdown."""
    general = list_general_rows()
    return _format_sections(
        {
            "General": [row for row in general if "." not in row.key],
            "Notifications": [row for row in general if "." in row.key],
        }
    )


def format_account_tables() -> str:
    """Return the settings of accounts as Markdown: those of all, then those of each provider."""
    sections = {"Every account": list_account_rows()}
    for name in ACCOUNT_MODELS:
        title = CATALOG[name].capabilities.title
        sections[f'{title} (`provider = "{name}"`)'] = list_account_rows(name)
    return _format_sections(sections)


def _format_sections(sections: Mapping[str, list[SettingRow]]) -> str:
    """Return one table for each section of the file."""
    return "\n\n".join(f"### {title}\n\n{_format_table(rows)}" for title, rows in sections.items())


@cache
def read_docstrings(table: type) -> dict[str, str]:
    """Return the docstring of each field that has one, of a model or dataclass and its bases."""
    docstrings: dict[str, str] = {}
    for base in reversed(table.__mro__):
        if base.__module__.startswith("tui."):
            # A model that was made at run time has no source, and no docstrings of its own.
            with suppress(OSError):
                docstrings |= _parse_docstrings(inspect.getsource(base))
    return docstrings


def _parse_docstrings(source: str) -> dict[str, str]:
    """Return the texts that stand under the annotated names of a class."""
    (definition,) = ast.parse(textwrap.dedent(source)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in zip(definition.body, definition.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _list_rows(table: type, place: tuple[str, ...]) -> Iterator[SettingRow]:
    """Yield a row for each field of a model or dataclass, and of the tables in it."""
    tables = resolve_types(table) if is_dataclass(table) else {}
    docstrings = read_docstrings(table)
    for name, field in get_fields(table).items():
        key = (*place, name)
        inner = tables.get(name, field.annotation)
        if inspect.isclass(inner) and (is_dataclass(inner) or issubclass(inner, BaseModel)):
            yield from _list_rows(inner, key)
        else:
            yield _make_row(key, field, docstrings.get(name, ""))


def _make_row(key: tuple[str, ...], field: FieldInfo, docstring: str) -> SettingRow:
    """Return the row of one field."""
    description, _, example = docstring.partition(_EXAMPLE)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return SettingRow(
        key=".".join(key),
        type=_describe_type(field.annotation, field.metadata)
        if key != _PROVIDER
        else _describe_choices(ACCOUNT_MODELS),
        default=_format_value(default),
        is_required=field.is_required(),
        example=example.strip() or _format_value(_choose_example(field.annotation, default)),
        variable=format_variable(key),
        description=" ".join(description.split()),
    )


def _choose_example(type_: Any, default: Any) -> Any:
    """Return a value other than the default if the type has few, else the default."""
    if type_ is bool:
        return not default
    if get_origin(type_) is Literal:
        return next(choice for choice in get_args(type_) if choice != default)
    return default


def _describe_type(type_: Any, limits: Iterable[Any]) -> str:
    """Return what a value is called, with its choices or limits."""
    limits = list(limits)
    named = next((limit for limit in limits if isinstance(limit, TypeName)), None)
    if named is not None:
        return named.text
    if get_origin(type_) in (Union, UnionType):
        (type_,) = (option for option in get_args(type_) if option is not NoneType)
    if get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if get_origin(type_) is Literal:
        return _describe_choices(get_args(type_))
    name = _TYPE_NAMES.get(get_origin(type_) or type_, "text")
    lowest = next((limit.ge for limit in limits if isinstance(limit, Ge)), None)
    highest = next((limit.le for limit in limits if isinstance(limit, Le)), None)
    return name if highest is None else f"{name}, {lowest:,g} to {highest:,.0f}"


def _describe_choices(choices: Iterable[str]) -> str:
    """Return the values of which one is chosen."""
    return "one of " + ", ".join(f"`{choice}`" for choice in choices)


def _format_value(value: Any) -> str:
    """Return a value as it is written in the settings file; empty for no value."""
    match value:
        case None:
            return ""
        case bool() | dict() | list():
            return json.dumps(value)
        case int() | float():
            return f"{value:g}"
        case SecretStr():
            return _format_value(value.get_secret_value())
        case tuple() if not hasattr(value, "_fields"):
            return json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _format_table(rows: Iterable[SettingRow]) -> str:
    """Return rows as a Markdown table."""
    lines = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_format_cells, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _format_cells(row: SettingRow) -> tuple[str, ...]:
    """Return the cells of a row; no text in them ends a cell."""
    default = f"`{row.default}`" if row.default else "required" if row.is_required else "not set"
    cells = (
        f"`{row.key}`",
        row.type,
        default,
        f"`{row.example}`",
        f"`{row.variable}`",
        row.description,
    )
    return tuple(cell.replace("|", "\\|") for cell in cells)
