"""Whether a text says anything: a note must, however it was typed."""

import unicodedata

# Letters and symbols by their category, and blank all the same.
_BLANK = set("\u115f\u1160\u2800\u3164\uffa0")


def said(text: str) -> str:
    """The text; empty when no character of it can be seen (blanks, zero-width and control characters)."""
    seen = (unicodedata.category(one)[0] in "LNPS" and one not in _BLANK for one in text)
    return text if any(seen) else ""
