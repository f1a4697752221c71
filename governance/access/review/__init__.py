"""The quarterly review of who holds what: each role of a source confirmed or withdrawn, and signed."""
