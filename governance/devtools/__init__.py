"""The developer's side: launcher, embedded PostgreSQL, demonstration accounts, translations."""
