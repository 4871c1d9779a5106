"""What may be in a Viber, WhatsApp or RCS message (Messente Omnichannel API)."""

from tui.sandbox.messente.fields import Fields

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


def check_viber(fields: Fields) -> str:
    """Note what is wrong with a Viber message; its text."""
    present = frozenset(name for name in VIBER_CONTENT if fields.given(name))
    if present not in VIBER_SETS:
        fields.invalid("channel", "Not a valid set of Viber fields")
    for name in ("image_url", "button_url"):
        fields.url(name)
    fields.text("button_text")
    if fields.given("video") and (video := fields.inner("video")):
        _check_video(video)
    if fields.given("carousel") and (carousel := fields.inner("carousel")):
        _check_carousel(carousel)
    if fields.given("template") and (template := fields.inner("template")):
        template.text("id", required=True)
        template.text("lang", required=True)
    return fields.text("text", longest=MAX_VIBER_TEXT)


def _check_video(video: Fields) -> None:
    """An address, a preview, at most 200 MB and 600 seconds."""
    video.url("url", required=True)
    video.url("thumbnail", required=True)
    for name, most in (("file_size", MAX_VIDEO_BYTES), ("duration", MAX_VIDEO_SECONDS)):
        if not video.given(name):
            video.missing(name)
        elif (video.positive(name) or 0) > most:
            video.invalid(name, f"Must be at most {most}")


def _check_carousel(carousel: Fields) -> None:
    """Two to five cards, each with a title of 2 to 38 characters."""
    for index, item in enumerate(carousel.items("items", 2, 5)):
        card = carousel.object(f"items.{index}", item)
        if card and not 2 <= len(card.text("title", required=True)) <= 38:
            card.invalid("title", "Length must be between 2 and 38")


def check_whatsapp(fields: Fields) -> str:
    """Note what is wrong with a WhatsApp message; its text."""
    present = [name for name in WHATSAPP_CONTENT if fields.given(name)]
    if len(present) != 1:
        fields.invalid("channel", f"Exactly one of: {', '.join(WHATSAPP_CONTENT)}")
        return ""
    content = fields.inner(present[0])
    if content is None:
        return ""
    if present[0] == "text":
        return content.text("body", required=True)
    if present[0] == "template":
        content.text("name", required=True)
        language = content.inner("language")
        if language:
            language.text("code", required=True)
        return ""
    if content.given("id") == content.given("link"):
        content.invalid("link", "Exactly one of: id, link")
    return content.text("caption")


def check_rcs(fields: Fields) -> str:
    """Note what is wrong with an RCS message; its text."""
    fields.text("sender", required=True)
    if sum(fields.given(name) for name in RCS_CONTENT) != 1:
        fields.invalid("channel", f"Exactly one of: {', '.join(RCS_CONTENT)}")
    if fields.given("suggestions"):
        fields.items("suggestions", 0, MAX_SUGGESTIONS)
    return fields.text("text", longest=MAX_RCS_TEXT)


CHECKS = {"viber": check_viber, "whatsapp": check_whatsapp, "rcs": check_rcs}
"""By channel."""
