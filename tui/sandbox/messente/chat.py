"""Check the content of Viber, WhatsApp and RCS messages (Messente Omnichannel API)."""

from tui.sandbox.messente.fields import JsonFields

VIBER_SETS = frozenset(
    map(
        frozenset,
        (
            ("image_url",),
            ("text",),
            ("text", "button_text", "button_url"),
            ("text", "button_text", "button_url", "image_url"),
            ("video",),
            ("video", "text"),
            ("video", "text", "button_text"),
            ("video", "text", "button_text", "button_url"),
            ("carousel", "text"),
            ("template",),
        ),
    )
)
VIBER_CONTENT = frozenset().union(*VIBER_SETS)
WHATSAPP_MEDIA = ("image", "video", "audio", "document", "sticker")
WHATSAPP_CONTENT = ("text", "template", *WHATSAPP_MEDIA)
RCS_CONTENT = ("text", "content_info", "rich_card")

MAX_VIBER_TEXT = 1000
MAX_VIDEO_BYTES = 200 * 1024 * 1024
MAX_VIDEO_SECONDS = 600
MAX_RCS_TEXT = 3072
MAX_SUGGESTIONS = 11


def check_viber(fields: JsonFields) -> str:
    """Note the errors of a Viber message and return its text.

    Args:
        fields: One entry of `messages`; errors are added to it.
    """
    given = frozenset(name for name in VIBER_CONTENT if fields.has_value(name))
    if given not in VIBER_SETS:
        fields.add_invalid("channel", "Not a valid set of Viber fields")
    for name in ("image_url", "button_url"):
        fields.read_url(name)
    fields.read_text("button_text")
    if fields.has_value("video") and (video := fields.read_inner("video")):
        _check_video(video)
    if fields.has_value("carousel") and (carousel := fields.read_inner("carousel")):
        _check_carousel(carousel)
    if fields.has_value("template") and (template := fields.read_inner("template")):
        template.read_text("id", required=True)
        template.read_text("lang", required=True)
    return fields.read_text("text", max_length=MAX_VIBER_TEXT)


def _check_video(video: JsonFields) -> None:
    """Check a video: an address, a preview, at most 200 MB and 600 seconds."""
    video.read_url("url", required=True)
    video.read_url("thumbnail", required=True)
    for name, maximum in (("file_size", MAX_VIDEO_BYTES), ("duration", MAX_VIDEO_SECONDS)):
        if not video.has_value(name):
            video.add_missing(name)
        elif (video.read_positive(name) or 0) > maximum:
            video.add_invalid(name, f"Must be at most {maximum}")


def _check_carousel(carousel: JsonFields) -> None:
    """Check a carousel: two to five cards, each with a title of 2 to 38 characters."""
    for index, item in enumerate(carousel.read_items("items", 2, 5)):
        card = carousel.read_object(f"items.{index}", item)
        if card and not 2 <= len(card.read_text("title", required=True)) <= 38:
            card.add_invalid("title", "Length must be between 2 and 38")


def check_whatsapp(fields: JsonFields) -> str:
    """Note the errors of a WhatsApp message and return its text.

    Args:
        fields: One entry of `messages`; errors are added to it.
    """
    given = [name for name in WHATSAPP_CONTENT if fields.has_value(name)]
    if len(given) != 1:
        fields.add_invalid("channel", f"Exactly one of: {', '.join(WHATSAPP_CONTENT)}")
        return ""
    content = fields.read_inner(given[0])
    if content is None:
        return ""
    if given[0] == "text":
        return content.read_text("body", required=True)
    if given[0] == "template":
        content.read_text("name", required=True)
        language = content.read_inner("language")
        if language:
            language.read_text("code", required=True)
        return ""
    if content.has_value("id") == content.has_value("link"):
        content.add_invalid("link", "Exactly one of: id, link")
    return content.read_text("caption")


def check_rcs(fields: JsonFields) -> str:
    """Note the errors of an RCS message and return its text.

    Args:
        fields: One entry of `messages`; errors are added to it.
    """
    fields.read_text("sender", required=True)
    if sum(fields.has_value(name) for name in RCS_CONTENT) != 1:
        fields.add_invalid("channel", f"Exactly one of: {', '.join(RCS_CONTENT)}")
    if fields.has_value("suggestions"):
        fields.read_items("suggestions", 0, MAX_SUGGESTIONS)
    return fields.read_text("text", max_length=MAX_RCS_TEXT)


CHECKS = {"viber": check_viber, "whatsapp": check_whatsapp, "rcs": check_rcs}
"""Check function of each channel."""
