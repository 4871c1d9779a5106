"""Format validation errors for the author of the settings: key, problem, and how to fix it."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tui.settings.accounts import ACCOUNT_MODELS
from tui.settings.cache import VARIABLE_PREFIX
from tui.settings.models import Settings
from tui.settings.sources import KeyPath, SettingsLayer, SettingsSources

_MESSAGES = {
    "string_type": "must be text; put it in quotes",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "path_type": "must be a path; put it in quotes",
    "tuple_type": 'must be a list, like ["+61491570156"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
}
_QUOTED = re.compile(r"'([^']*)'")


def format_errors(error: ValidationError, sources: SettingsSources) -> list[str]:
    """Return one clear line for each problem; no line contains a secret.

    Args:
        error: Error of the validation.
        sources: Sources of the settings, to name a key as it was written.
    """
    details = error.errors(include_input=False, include_url=False)
    return [_format_error(detail, sources) for detail in details]


def _format_error(detail: ErrorDetails, sources: SettingsSources) -> str:
    """Return key, problem and fix of one error."""
    key = _find_key(detail["loc"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return _format_unknown(key, sources)
        case "missing":
            return _format_missing(key, sources)
        case "union_tag_not_found":
            return _format_missing(
                (*key, "provider"), sources, f"one of {', '.join(ACCOUNT_MODELS)}"
            )
        case "union_tag_invalid":
            return _format_wrong_choice((*key, "provider"), ACCOUNT_MODELS, sources)
        case "literal_error":
            return _format_wrong_choice(key, _QUOTED.findall(context["expected"]), sources)
        case "value_error":
            return f"{_format_key(key, sources)} {context['error']}".lstrip()
        case "greater_than_equal":
            return f"{_format_key(key, sources)} must be at least {context['ge']:g}"
        case "less_than_equal":
            return f"{_format_key(key, sources)} must be at most {context['le']:g}"
        case error_type:
            message = _MESSAGES.get(error_type, _strip_subject(detail["msg"]))
            return f"{_format_key(key, sources)} {message}"


def _strip_subject(message: str) -> str:
    """Return the library's own message as the rest of a sentence."""
    return message.removeprefix("Input ").removeprefix("String ")


def _find_key(place: tuple[int | str, ...]) -> KeyPath:
    """Return the location of an error without what validation adds."""
    # pydantic inserts the provider after an account's name, because of the union of models.
    if place[:1] == ("accounts",) and len(place) > 2:
        place = (*place[:2], *place[3:])
    return tuple(part for part in place if isinstance(part, str) and part != "[key]")


def _format_key(key: KeyPath, sources: SettingsSources) -> str:
    """Return the key as it was written, with a colon; empty for the settings as a whole."""
    if not key:
        return ""
    return f"{_format_in_layer(key, _find_layer(key, sources))}:"


def _find_layer(key: KeyPath, sources: SettingsSources) -> SettingsLayer:
    """Return the layer with the closest match for the key."""
    for length in range(len(key), 0, -1):
        layer = sources.find_layer(key[:length])
        if layer:
            return layer
    return sources.layers[-1]


def _format_in_layer(key: KeyPath, layer: SettingsLayer) -> str:
    """Return the key as it is, or would have to be, written in a layer."""
    if layer.file:
        return f"{'.'.join(map(_quote_part, key))} in {layer.file}"
    below = (name for place, name in layer.names.items() if place[: len(key)] == key)
    is_account = key[0] == "accounts" and len(key) == 2
    return format_variable(key) if is_account else next(below, format_variable(key))


def format_variable(key: KeyPath) -> str:
    """Return the environment variable that sets a key."""
    return VARIABLE_PREFIX + "__".join(key).upper().replace("-", "_")


def _quote_part(part: str) -> str:
    """Return a part of a TOML key, in quotes where TOML requires them."""
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'


def _format_missing(key: KeyPath, sources: SettingsSources, example: str = "") -> str:
    """Return what is missing, and the two places in which it can be given."""
    layer = sources.find_layer((*key[:-1], "provider")) or _find_layer(key, sources)
    also = f"; add it, or set {format_variable(key)}" if layer.file else "; set it"
    return f"{_format_in_layer(key, layer)}: is missing{also}" + (
        f" ({example})" if example else ""
    )


def _format_unknown(key: KeyPath, sources: SettingsSources) -> str:
    """Return an unknown key with the likely one, or with all known keys in its place."""
    layer = _find_layer(key, sources)
    candidates = _list_sibling_keys(key, sources)
    name = _format_key(key, sources)
    if len(key) == 3 and layer.file and key[-1] in Settings.model_fields:
        return f"{name} is a top-level setting; move it above the first [table] of the file"
    close = _find_closest(key[-1], candidates)
    if not close:
        return f"{name} is not a setting; known here: {', '.join(sorted(candidates))}"
    likely = close if layer.file else format_variable((*key[:-1], close))
    return f"{name} is not a setting; did you mean {likely}?"


def _format_wrong_choice(key: KeyPath, choices: Iterable[str], sources: SettingsSources) -> str:
    """Return a value that is not one of the choices, with the likely one."""
    close = _find_closest(str(_find_value(key, sources)), choices)
    mean = f'; did you mean "{close}"?' if close else ""
    return f"{_format_key(key, sources)} must be one of {', '.join(choices)}{mean}"


def _find_closest(text: str, candidates: Iterable[str]) -> str | None:
    """Return the most similar candidate, or None."""
    return next(iter(difflib.get_close_matches(text.lower(), candidates, n=1)), None)


def _find_value(key: KeyPath, sources: SettingsSources) -> Any:
    """Return the value that was given for a key."""
    layer = sources.find_layer(key)
    value: Any = layer.values if layer else ""
    for part in key if layer else ():
        value = value[part]
    return value


def _list_sibling_keys(key: KeyPath, sources: SettingsSources) -> list[str]:
    """Return the valid keys in the same table as this one."""
    if key[0] != "accounts" or len(key) < 3:
        model: type[BaseModel] = Settings
        inner = key[:-1]
    else:
        model = ACCOUNT_MODELS[str(_find_value((*key[:2], "provider"), sources))]
        inner = key[2:-1]
    for part in inner:
        model = _find_table_model(model, part)
    return list(model.model_fields)


def _find_table_model(model: type[BaseModel], field: str) -> type[BaseModel]:
    """Return the model of a table within a model."""
    kind = model.model_fields[field].annotation
    assert isinstance(kind, type) and issubclass(kind, BaseModel)
    return kind
