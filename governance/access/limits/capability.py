"""What limits bring to the database: a table of counts that only their functions touch."""

from governance.core.capability import OWNER_ALONE, Capability

CAPABILITY = Capability(
    tables={"request_count": OWNER_ALONE},
    functions=("request_take", "request_tidy"),
)
