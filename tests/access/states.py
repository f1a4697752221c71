"""The pages about access in their states; the browser visits them."""

from tests.browser.states import State, go

ROW_SECURITY = "/governance/access/row-security"

STATES = {
    "access": State(go("/governance/access"), person="admin", english="/governance/access"),
    "row-security-never": State(go(ROW_SECURITY), person="admin", english=ROW_SECURITY),
    "row-security": State(go(ROW_SECURITY), person="admin", console="audited", english=ROW_SECURITY),
}
