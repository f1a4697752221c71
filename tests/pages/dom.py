"""Reads pages by the contract's DOM attributes, with the standard library's parser."""

from html.parser import HTMLParser
from typing import Any


class Element(dict[str, str]):
    """Attributes of one start tag, and its text up to the next tag."""

    tag = ""
    text = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element((name, value or "") for name, value in attrs)
        element.tag = tag
        self.elements.append(element)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.elements:
            self.elements[-1].text += data


def elements(response: Any, attribute: str) -> list[Element]:
    """Every element of the page that has `attribute`, in order."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return [element for element in reader.elements if attribute in element]


def rows_of(page: str) -> list[Element]:
    """The alerts' rows of a page's text, in order."""
    reader = _Reader()
    reader.feed(page)
    return [element for element in reader.elements if "data-alert-id" in element]


def rows(response: Any) -> list[Element]:
    return elements(response, "data-alert-id")


def counters(response: Any) -> dict[str, int]:
    found = elements(response, "data-counter")
    return {one["data-counter"]: int("".join(filter(str.isdigit, one.text))) for one in found}


def actions(response: Any) -> list[str]:
    return [one["data-action"] for one in elements(response, "data-action")]


def text_of(response: Any) -> str:
    """All text of the page, with single spaces, as somebody would read it aloud."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.texts).split()).replace(" ,", ",").replace(" .", ".")
