"""One alert: its page, the actions on it, a live check."""
