"""List the emulators; each is imported only when a sandbox with it is created."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.sandbox.emulator import Emulator

EMULATORS: tuple[str, ...] = (
    "tui.sandbox.messagemedia.emulator:MessageMedia",
    "tui.sandbox.messente.emulator:Messente",
    "tui.sandbox.serwersms.emulator:SerwerSms",
    "tui.sandbox.smartswitch.emulator:SmartSwitch",
    "tui.sandbox.messageport.emulator:MessagePort",
)
"""`module:class` of every emulator."""


def load_emulator(path: str) -> type[Emulator]:
    """Return the emulator class of one entry of `EMULATORS`.

    Args:
        path: `module:class`.
    """
    module, _, name = path.partition(":")
    kind: type[Emulator] = getattr(import_module(module), name)
    return kind
