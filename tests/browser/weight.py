"""What an address weighs over the wire, with every file that it draws in, as the browser counted it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


def weigh(page: Page, address: str) -> dict[str, int]:
    """Bytes over the wire for each file of an address, in a browser that has none of them yet."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    bytes_of: dict[str, int] = {}

    def finished(event: dict[str, Any]) -> None:
        url = urls[event["requestId"]]
        bytes_of[url] = bytes_of.get(url, 0) + int(event["encodedDataLength"])

    devtools.on(
        "Network.requestWillBeSent",
        lambda event: urls.update({event["requestId"]: event["request"]["url"]}),
    )
    devtools.on("Network.loadingFinished", finished)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    devtools.detach()
    return bytes_of
