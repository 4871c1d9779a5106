"""A local emulator of the five SMS provider APIs, for demos and tests: nothing leaves the machine.

Provider mounts (`/messagemedia/v1/...`, `/messente/...`, `/serwersms/...`, `/smartswitch/...`,
`/messageport/...`) speak as the provider's documentation says; `/_sandbox/...` injects replies and
faults and tells the truth about what was accepted. Credentials are `sandbox` / `sandbox-secret`.
How a handset behaves is told by the last two digits of its number, see `tui.sandbox.handset`.

The emulator is written from the providers' documentation alone and shares no code with the clients.
"""

API_KEY = "sandbox"
"""User name, API key or login at every provider."""

API_SECRET = "sandbox-secret"
"""Password or API secret at every provider."""

HOOK_SECRET = "sandbox-hook"
"""Secret path part of pushes, unless the caller names another."""
