"""Find every use of a library's private API in the source of tui."""

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tui

_ROOT = Path(tui.__file__).parent
_NAMEDTUPLE_METHODS = {"_asdict", "_field_defaults", "_fields", "_make", "_replace"}
"""Documented in spite of their names."""


def find_private_uses() -> dict[str, set[str]]:
    """Return the private names of other packages that each module of tui uses.

    A use is an import, an attribute that no class of ours defines, or an attribute of ours that
    replaces one of a library's class.
    """
    return {
        name: uses
        for name, tree in _parse_all().items()
        if (uses := set(_find_imports(tree)) | set(_find_attributes(name, tree)))
    }


@cache
def _parse_all() -> dict[str, ast.Module]:
    """Return the syntax trees of tui by the names of their modules."""
    paths = sorted(_ROOT.rglob("*.py"))
    return {
        ".".join(("tui", *path.relative_to(_ROOT).with_suffix("").parts)): ast.parse(
            path.read_text("utf-8")
        )
        for path in paths
        if path.stem not in ("__init__", "__main__")
    }


def _is_private(name: str) -> bool:
    """Return whether a name is private; names in double or single underscores are hooks."""
    return name.startswith("_") and len(name) > 1 and not name.endswith("_")


def _find_imports(tree: ast.Module) -> Iterator[str]:
    """Yield private modules and names that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                path = f"{node.module}.{alias.name}"
                if any(map(_is_private, path.split("."))):
                    yield path
        elif isinstance(node, ast.Import):
            yield from (
                alias.name for alias in node.names if any(map(_is_private, alias.name.split(".")))
            )


def _find_attributes(module: str, tree: ast.Module) -> Iterator[str]:
    """Yield private attributes that are not our own, or that replace those of a library."""
    own_in_module = set[str]()
    for path, node in _find_classes(tree):
        own_in_module |= _list_own_names(node)
        cls = _load_class(module, path)
        yield from _list_own_names(node) & _list_foreign_names(cls)
    for attribute, owner in _find_private_attributes(tree):
        if attribute.attr in _NAMEDTUPLE_METHODS:
            continue
        is_super = isinstance(attribute.value, ast.Call)
        if owner is None:
            own = own_in_module
        else:
            own = _list_names_of_bases(_load_class(module, owner), with_class=not is_super)
        if attribute.attr not in own:
            yield attribute.attr


def _find_classes(tree: ast.AST, path: str = "") -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield the classes outside of functions with their qualified names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield f"{path}{node.name}", node
            yield from _find_classes(node, f"{path}{node.name}.")
        elif isinstance(node, ast.If):
            yield from _find_classes(node, path)


def _find_private_attributes(
    tree: ast.AST, owner: str = ""
) -> Iterator[tuple[ast.Attribute, str | None]]:
    """Yield private attributes with the class whose `self`, `cls` or `super()` has them.

    The class is None for an attribute of anything else.
    """
    for node in ast.iter_child_nodes(tree):
        inner = f"{owner}.{node.name}".strip(".") if isinstance(node, ast.ClassDef) else owner
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            is_own = ast.unparse(node.value) in ("self", "cls", "super()")
            yield node, owner if is_own and owner else None
        yield from _find_private_attributes(node, inner)


@cache
def _list_own_names(cls: ast.ClassDef) -> frozenset[str]:
    """Return the private names that the body of a class defines, methods and attributes."""
    names = set[str]()
    for node in ast.walk(cls):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                names.add(node.attr)
    return frozenset(filter(_is_private, names))


def _load_class(module: str, path: str) -> type:
    """Return the class with a qualified name."""
    found: object = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert isinstance(found, type)
    return found


@cache
def _find_class_node(cls: type) -> ast.ClassDef | None:
    """Return the syntax tree of a class; None if it has no source."""
    file = getattr(sys.modules[cls.__module__], "__file__", None)
    if not file or not file.endswith(".py"):
        return None
    return dict(_find_classes(_parse_file(file))).get(cls.__qualname__)


@cache
def _parse_file(file: str) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(Path(file).read_text("utf-8"))


def _is_ours(cls: type) -> bool:
    """Return whether a class is defined in tui."""
    return cls.__module__.split(".")[0] == "tui"


def _list_names_of_bases(cls: type, *, with_class: bool) -> set[str]:
    """Return the private names of a class and its bases in tui."""
    nodes = [_find_class_node(base) for base in cls.__mro__[not with_class :] if _is_ours(base)]
    return {name for node in nodes if node for name in _list_own_names(node)}


def _list_foreign_names(cls: type) -> set[str]:
    """Return the private names that the bases of a class outside of tui define."""
    nodes = [_find_class_node(base) for base in cls.__mro__ if not _is_ours(base)]
    return {name for node in nodes if node for name in _list_own_names(node)}
