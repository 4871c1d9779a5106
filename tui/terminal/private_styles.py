"""Find each look of the stylesheets once: Textual asks every rule again for every widget.

Every change of the focus or of a class styles a whole part of the screen anew, and with each widget
all of its component classes, of which most are never drawn. Here a look is found once for all
widgets that are equal to the rules, and the style of a component when it is first read.
"""

from collections.abc import Callable, Hashable
from typing import Any, ClassVar, NamedTuple, cast

from textual.cache import LRUCache
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RenderStyles, RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

_PREFIXES = {SelectorType.TYPE: "", SelectorType.CLASS: ".", SelectorType.ID: "#"}
"""What a name of a selector begins with; the others match every widget."""
_MAX_LOOKS = 4_096
"""Looks to keep; an ordinary day needs a few hundred."""
FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""Attributes of a widget that say which changes its look depends on; Textual sets them."""
_PseudoClass = Callable[[DOMNode], bool]
_Traits = tuple[Hashable, tuple[_PseudoClass, ...], bool]


class _Look(NamedTuple):
    """What the rules make of all widgets at places that are equal to them."""

    rules: RulesMap | None
    """Rules for the widget itself; None if nothing matches."""
    flags: dict[str, bool]
    """Its attributes `FLAGS`."""
    components: "_ComponentRules"
    """Rules for its component classes."""


class _Place(NamedTuple):
    """All that the rules can ask about a widget: what it is, and what it is in."""

    number: int
    """Number of the place; the same for widgets that get the same look."""
    is_fixed: bool
    """Whether it stays the same while widgets are added beside it or into it."""


class _Looks:
    """The looks that one list of rules gives, and the places that differ for these rules."""

    def __init__(self, rules: list[RuleSet], ordered: set[str]) -> None:
        """Note what the rules ask about a widget.

        Args:
            rules: All rules of a stylesheet.
            ordered: Pseudo-classes that depend on other widgets.
        """
        self.by_place: dict[int, _Look] = {}
        self._rules = rules  # kept, as their identities are the key
        self._ordered = ordered
        self._asked: dict[str, set[str]] = {}  # by selector: its pseudo-classes
        self._traits: dict[Hashable, _Traits] = {}
        self._numbers: dict[Hashable, int] = {}
        for rule in rules:
            for selector_set in rule.selector_set:
                for selector in selector_set.selectors:
                    prefix = _PREFIXES.get(selector.type)
                    name = "*" if prefix is None else f"{prefix}{selector.name}"
                    self._asked.setdefault(name, set()).update(selector.pseudo_classes)

    def find_place(self, node: DOMNode, known: dict[Any, Any]) -> _Place:
        """Return the place of a widget.

        Args:
            node: The widget, or anything else that is styled.
            known: Places found while the same widgets are styled; filled here.
        """
        if (place := known.get(node)) is not None:
            return cast(_Place, place)
        parent = node.parent
        outer = self.find_place(parent, known) if isinstance(parent, DOMNode) else _Place(-1, True)
        kind = (type(node), node.id, node.classes)
        traits = self._traits.get(kind) or self._find_traits(node, kind)
        own, pseudo_classes, is_fixed = traits
        key = (outer.number, own, *[bool(is_so(node)) for is_so in pseudo_classes])
        number = self._numbers.setdefault(key, len(self._numbers))
        place = _Place(number, is_fixed and outer.is_fixed)
        if place.is_fixed:
            known[node] = place
        return place

    def _find_traits(self, node: DOMNode, kind: Hashable) -> _Traits:
        """Return what rules ask about a kind of widget: names, pseudo-classes, and if it is fixed.

        Names that no rule has are left out, as there may be one for each conversation.
        """
        names = self._asked.keys() & node._selector_names
        asked = set().union(*(self._asked[name] for name in names | self._asked.keys() & {"*"}))
        checks = cast(dict[str, _PseudoClass], node._PSEUDO_CLASSES)
        pseudo_classes = tuple(checks[name] for name in sorted(asked & checks.keys()))
        own = (type(node), frozenset(names))
        traits = (own, pseudo_classes, asked.isdisjoint(self._ordered))
        self._traits[kind] = traits
        return traits

    @property
    def is_full(self) -> bool:
        """Return whether so much is kept that it is better to begin anew."""
        return len(self._numbers) > _MAX_LOOKS or len(self._traits) > _MAX_LOOKS


class _ComponentRules(dict[str, RulesMap]):
    """Rules for the component classes of widgets with one look, each found when it is first used.

    A list has a dozen of them for every state of it, of which few are ever drawn.
    """

    def __init__(self, names: frozenset[str], find: Callable[[DOMNode, str], RulesMap]) -> None:
        """Keep what finds the rules.

        Args:
            names: All component classes.
            find: Returns the rules of a component class of a widget with this look.
        """
        super().__init__()
        self.names = names
        self._find = find

    def find_rules(self, node: DOMNode, name: str) -> RulesMap:
        """Return the rules of a component class.

        Args:
            node: Any widget with this look.
            name: The component class.
        """
        if (rules := self.get(name)) is None:
            rules = self[name] = self._find(node, name)
        return rules


class _ComponentStyles(dict[str, RenderStyles]):
    """Styles of a widget's component classes, each made when it is first read."""

    def __init__(self, node: DOMNode, rules: _ComponentRules) -> None:
        """Keep the rules.

        Args:
            node: The widget.
            rules: Rules for its component classes.
        """
        super().__init__()
        self.rules = rules
        self._node = node

    def __contains__(self, name: object) -> bool:
        """Return whether the widget has a component class."""
        return name in self.rules.names

    def __missing__(self, name: str) -> RenderStyles:
        """Make the style of a component class, as Textual does for all of them."""
        virtual_node = DOMNode(classes=name)
        virtual_node._attach(self._node)
        Stylesheet.replace_rules(virtual_node, self.rules.find_rules(self._node, name))
        self[name] = virtual_node.styles
        return virtual_node.styles


_PARSED: LRUCache[tuple[Hashable, ...], list[RuleSet]] = LRUCache(1_024)
"""The rules of every source that a stylesheet of this process has read, for its variables."""
_LOOKS: LRUCache[tuple[int, ...], _Looks] = LRUCache(64)
"""The looks of the rules with these identities; every new kind of widget adds rules to a list."""


_Source = tuple[Hashable, ...]
"""What rules were parsed from: the variables of the theme, the text, and its place."""


def export_parsed_rules() -> dict[_Source, list[RuleSet]]:
    """Return the rules of all sources with the newest variables, for a process of this version.

    Those of other themes are left out: each would make every later start longer.
    """
    newest = FastStylesheet.newest_variables
    return {key: _PARSED[key] for key in _PARSED.keys() if key[0] == newest}  # noqa: SIM118


def import_parsed_rules(rules: dict[_Source, list[RuleSet]]) -> None:
    """Use rules that another process has parsed.

    Args:
        rules: What `export_parsed_rules` returned there.
    """
    for key, found in rules.items():
        _PARSED[key] = found


class FastStylesheet(Stylesheet):
    """Stylesheet that finds each look once; stands in for that of the app."""

    newest_variables: ClassVar[Hashable] = ()
    """Variables of the stylesheet that was parsed last, in this process."""
    _looks: _Looks | None = None
    _looks_rules: list[RuleSet] | None = None
    """Rules to which the looks belong."""
    _found: RulesMap | None = None
    """Rules that Textual has just found for a widget."""

    def _parse_rules(self, css: str, read_from: Any, *args: Any, **options: Any) -> list[RuleSet]:
        """Return the rules of one source, as they were parsed before for the same variables."""
        variables = FastStylesheet.newest_variables = tuple(self._variables.items())
        key = (variables, css, read_from, args, tuple(options.items()))
        if (rules := _PARSED.get(key)) is None:
            rules = super()._parse_rules(css, read_from, *args, **options)
            if not any(rule.errors for rule in rules):
                _PARSED[key] = rules
        return rules

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[Any, Any] | None = None
    ) -> None:
        """Give a widget the look that the rules have for its place.

        Args:
            node: The widget.
            animate: Whether changes are animated.
            cache: Places found while a group of widgets is styled.
        """
        looks = self._get_looks()
        place, _ = looks.find_place(node, {} if cache is None else cache)
        look = looks.by_place.get(place)
        if look is None:
            look = looks.by_place[place] = self._find_look(node, animate=animate)
        else:
            vars(node).update(look.flags)
            if look.rules is not None:
                self.replace_rules(node, look.rules, animate)
        self._place_components(node, look.components)

    def _get_looks(self) -> _Looks:
        """Return the looks that the rules of now give, as far as they have been found."""
        rules = self.rules
        looks = self._looks
        if looks is None or self._looks_rules is not rules or looks.is_full:
            key = tuple(map(id, rules))
            looks = _LOOKS.get(key)
            if looks is None or looks.is_full:
                looks = _LOOKS[key] = _Looks(rules, self._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE)
            self._looks, self._looks_rules = looks, rules
        return looks

    def _find_look(self, node: DOMNode, *, animate: bool) -> _Look:
        """Style a widget as Textual does, and return what that made of it."""
        self._found = None
        super().apply(node, animate=animate)
        rules = self._found
        flags = {name: getattr(node, name) for name in FLAGS}
        names = frozenset(node._get_component_classes())
        return _Look(rules, flags, _ComponentRules(names, self._find_component))

    def _find_component(self, node: DOMNode, name: str) -> RulesMap:
        """Return the rules of a component class of a widget."""
        virtual_node = DOMNode(classes=name)
        virtual_node._attach(node)
        self._found = None
        super().apply(virtual_node)
        return self._found or {}

    def _process_component_classes(self, node: DOMNode) -> None:
        """Do nothing: `apply` sees to the component classes."""

    def _place_components(self, node: DOMNode, rules: _ComponentRules) -> None:
        """Give a widget the rules of its component classes, and paint it if one it drew differs."""
        before = node._component_styles
        if not rules.names or (isinstance(before, _ComponentStyles) and before.rules is rules):
            return
        node._component_styles = _ComponentStyles(node, rules)
        if not isinstance(before, _ComponentStyles) or any(
            found != rules.find_rules(node, name) for name, found in before.rules.items()
        ):
            node.refresh()

    def replace_rules(  # type: ignore[override]
        self, node: DOMNode, rules: RulesMap, animate: bool = False
    ) -> None:
        """Give a widget other rules, unless they are those that it has.

        Args:
            node: The widget.
            rules: Rules by their names.
            animate: Whether changes are animated.
        """
        self._found = rules
        if animate or node.styles.base._rules != rules:
            super().replace_rules(node, rules, animate)
        else:
            node.notify_style_update()
