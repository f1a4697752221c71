"""Owns how a Markdown text of the repository becomes HTML for a page; knows no text."""

from functools import lru_cache
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt


@lru_cache(maxsize=128)  # an alert's page shows its rule's whole runbook, which few ever change
def prose_html(text: str) -> SafeString:
    """CommonMark as HTML; raw HTML in it is shown as text. Each heading of level 2 is a place to link to."""
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            opening.attrSet("id", slugify(inline.content))
    return SafeString(markdown.renderer.render(tokens, markdown.options, {}))
