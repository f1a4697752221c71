"""A message's link in its states; the browser visits it."""

from tests.browser.states import State
from tests.browser.ways import go

STATES = {
    "link-of-a-message-void": State(
        go("/governance/messages/rien"),
        answer="410",
        english="/governance/messages/<str:link>",
    ),
}
