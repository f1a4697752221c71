"""The guide's pages in their states; the browser visits them."""

from tests.browser.states import State
from tests.browser.ways import go

STATES = {
    "help": State(go("/governance/aide"), person="gerant", english="/governance/aide"),
    "help-role": State(
        go("/governance/aide/auditeur"), person="auditeur", english="/governance/aide/<str:role>"
    ),
    "help-no-role": State(go("/governance/aide"), person="nouveau", english="/governance/aide"),
    "components": State(go("/governance/ui"), english="/governance/ui"),
}
