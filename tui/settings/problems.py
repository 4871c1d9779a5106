"""Validation errors in the words of whoever wrote the settings: key, what is wrong, the mend."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tui.settings.accounts import MODELS
from tui.settings.early import PREFIX
from tui.settings.models import Settings
from tui.settings.sources import Key, Layer, Sources

_WORDS = {
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


def lines_of(error: ValidationError, sources: Sources) -> list[str]:
    """One clear line for each thing that is wrong; no line holds a secret."""
    details = error.errors(include_input=False, include_url=False)
    return [_line(detail, sources) for detail in details]


def _line(detail: ErrorDetails, sources: Sources) -> str:
    """Key, problem and mend of one error."""
    key = _key(detail["loc"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(key, sources)
        case "missing":
            return _missing(key, sources)
        case "union_tag_not_found":
            return _missing((*key, "provider"), sources, f"one of {', '.join(MODELS)}")
        case "union_tag_invalid":
            return _no_such_word((*key, "provider"), MODELS, sources)
        case "literal_error":
            return _no_such_word(key, _QUOTED.findall(context["expected"]), sources)
        case "value_error":
            return f"{_name(key, sources)} {context['error']}".lstrip()
        case "greater_than_equal":
            return f"{_name(key, sources)} must be at least {context['ge']:g}"
        case "less_than_equal":
            return f"{_name(key, sources)} must be at most {context['le']:g}"
        case kind:
            return f"{_name(key, sources)} {_WORDS.get(kind, _plain(detail['msg']))}"


def _plain(message: str) -> str:
    """The library's own words as the rest of a sentence."""
    return message.removeprefix("Input ").removeprefix("String ")


def _key(place: tuple[int | str, ...]) -> Key:
    """An error's place without what validation adds: the provider after an account's name."""
    if place[:1] == ("accounts",) and len(place) > 2:
        place = (*place[:2], *place[3:])
    return tuple(part for part in place if isinstance(part, str) and part != "[key]")


def _name(key: Key, sources: Sources) -> str:
    """The key as its user wrote it, with a colon; empty for the settings as a whole."""
    if not key:
        return ""
    return f"{_written(key, _layer(key, sources))}:"


def _layer(key: Key, sources: Sources) -> Layer:
    """The layer that says most about the key."""
    for length in range(len(key), 0, -1):
        layer = sources.holder(key[:length])
        if layer:
            return layer
    return sources.layers[-1]


def _written(key: Key, layer: Layer) -> str:
    """The key as it stands in a layer, or as it would have to be written there."""
    if layer.file:
        return f"{'.'.join(map(_bare, key))} in {layer.file}"
    below = (name for place, name in layer.names.items() if place[: len(key)] == key)
    is_account = key[0] == "accounts" and len(key) == 2
    return _variable(key) if is_account else next(below, _variable(key))


def _variable(key: Key) -> str:
    """The environment variable for a key."""
    return PREFIX + "__".join(key).upper().replace("-", "_")


def _bare(part: str) -> str:
    """A part of a TOML key, in quotes where TOML wants them."""
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'


def _missing(key: Key, sources: Sources, example: str = "") -> str:
    """What is missing, and the two places in which it can be given."""
    layer = sources.holder((*key[:-1], "provider")) or _layer(key, sources)
    also = f"; add it, or set {_variable(key)}" if layer.file else "; set it"
    return f"{_written(key, layer)}: is missing{also}" + (f" ({example})" if example else "")


def _unknown(key: Key, sources: Sources) -> str:
    """An unknown key with the likely one, or with all that are known in its place."""
    layer = _layer(key, sources)
    known = _known_beside(key, sources)
    name = _name(key, sources)
    if len(key) == 3 and layer.file and key[-1] in Settings.model_fields:
        return f"{name} is a setting of the desk; move it above the first [table] of the file"
    close = _closest(key[-1], known)
    if not close:
        return f"{name} is not a setting; known here: {', '.join(sorted(known))}"
    likely = close if layer.file else _variable((*key[:-1], close))
    return f"{name} is not a setting; did you mean {likely}?"


def _no_such_word(key: Key, words: Iterable[str], sources: Sources) -> str:
    """A value that is not one of a few words, with the likely one."""
    close = _closest(str(_value(key, sources)), words)
    mean = f'; did you mean "{close}"?' if close else ""
    return f"{_name(key, sources)} must be one of {', '.join(words)}{mean}"


def _closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, if any is."""
    return next(iter(difflib.get_close_matches(word.lower(), known, n=1)), None)


def _value(key: Key, sources: Sources) -> Any:
    """The value that was given for a key."""
    layer = sources.holder(key)
    value: Any = layer.values if layer else ""
    for part in key if layer else ():
        value = value[part]
    return value


def _known_beside(key: Key, sources: Sources) -> list[str]:
    """The keys that are known beside this one."""
    if key[0] != "accounts" or len(key) < 3:
        model: type[BaseModel] = Settings
        inner = key[:-1]
    else:
        model = MODELS[str(_value((*key[:2], "provider"), sources))]
        inner = key[2:-1]
    for part in inner:
        model = _table_model(model, part)
    return list(model.model_fields)


def _table_model(model: type[BaseModel], field: str) -> type[BaseModel]:
    """The model of a table within a model."""
    kind = model.model_fields[field].annotation
    assert isinstance(kind, type) and issubclass(kind, BaseModel)
    return kind
