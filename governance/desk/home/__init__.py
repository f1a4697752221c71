"""The two-minute page."""
