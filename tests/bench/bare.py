"""The bare page: what no page can be shown sooner than. One heading and one sentence, no style, no script."""

from collections.abc import Callable, Iterable
from typing import Any

PAGE = (
    b'<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Page nue</title>'
    b"<h1>Page nue</h1><p>Une phrase, sans style ni script.</p>"
)
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [PAGE]
