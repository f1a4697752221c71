"""Codes, passkeys and recovery codes beside the password; knows nothing of what a role may do."""
