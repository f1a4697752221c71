"""People and the roles they hold: invited, changed, closed, by administrators and by scripts alike."""
