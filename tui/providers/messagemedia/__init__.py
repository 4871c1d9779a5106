"""Connect to MessageMedia (Sinch MessageMedia) through its Messages REST API."""

from tui.providers.messagemedia.client import MessageMedia

__all__ = ["MessageMedia"]
