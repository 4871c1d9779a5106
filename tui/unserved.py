"""What stops the service behind a screen before it begins."""


class BackgroundStartError(Exception):
    """Raised when the service behind a screen cannot start; the text is fit for an agent."""
