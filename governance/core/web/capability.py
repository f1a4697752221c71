"""What the frame of the pages brings: the choice of a language."""

from governance.core.capability import Capability

CAPABILITY = Capability(urls=("governance.core.web.urls",))
