"""The page of a source in its states; the browser visits it."""

from tests.browser.states import State
from tests.browser.ways import go

SOURCE = "/governance/sources/depot"

STATES = {
    "source": State(go(SOURCE), person="admin", english="/governance/sources/<str:slug>"),
    "source-read-only": State(
        go(SOURCE), person="gerant", english="/governance/sources/<str:slug>"
    ),
}
