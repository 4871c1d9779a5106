"""MessageMedia (Sinch MessageMedia): the Messages REST API."""

from tui.providers.messagemedia.client import MessageMedia

__all__ = ["MessageMedia"]
