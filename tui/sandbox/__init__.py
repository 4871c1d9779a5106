"""Emulate the five SMS provider APIs on this machine, for demos and tests; nothing leaves it.

The provider mounts (`/messagemedia/v1/...`, `/messente/...`, `/serwersms/...`,
`/smartswitch/...`, `/messageport/...`) behave as the providers' documentation says. The routes
below `/_sandbox/...` inject replies and faults, switch on what real senders do besides the
documentation (`tui.sandbox.quirks`), and report what was really accepted. The
credentials are `sandbox` / `sandbox-secret`. The last two digits of a number decide how its
handset behaves, see `tui.sandbox.handset`.

The emulator is written from the providers' documentation alone and shares no code with the
clients. Otherwise a misreading in a client would be repeated here and no test could find it.

To add a provider `xyz`, write `tui/sandbox/xyz/emulator.py` with a subclass of `Emulator`, and add
its line to `EMULATORS` in `tui/sandbox/state.py`. Faults, control and state need nothing from it.
"""

API_KEY = "sandbox"
"""User name, API key or login at every provider."""

API_SECRET = "sandbox-secret"
"""Password or API secret at every provider."""

HOOK_SECRET = "sandbox-hook"
"""Secret path part of pushes, unless the caller gives another one."""

INBOUND_SECRET = "sandbox-inbound"
"""Shared secret of Messente's inbound number, which signs its replies; no API secret signs them."""
