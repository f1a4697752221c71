"""What the guide brings: pages of help, opened from the frame of every page."""

from governance.core.capability import Capability

CAPABILITY = Capability(urls=("governance.guide.urls",))
