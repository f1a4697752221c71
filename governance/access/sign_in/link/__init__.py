"""Links that let a person in once: an invitation, a reset, the first administrator."""
