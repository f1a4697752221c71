"""Links of messages that lead to one action: signed, for one person, one version and one use."""
