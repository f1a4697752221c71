"""Scans: reading a source's view into alerts, what each scan saw, live checks."""
