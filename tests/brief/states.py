"""The brief in its states; the browser visits it."""

from tests.browser.states import State
from tests.browser.ways import go

BRIEF = "/governance/brief"

STATES = {
    "brief": State(go(BRIEF), english=BRIEF),
    "brief-pca": State(go(BRIEF), person="pca", english=BRIEF),
}
