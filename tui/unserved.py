"""What stops the service behind a screen before it begins."""


class CannotServe(Exception):
    """The background cannot start; the text is fit for an agent."""
