"""On a developer's machine without a mail server: what would have been sent, as a mailbox shows it."""
