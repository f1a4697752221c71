"""Owns what a source is read through, as scans kept it: what moved, what follows, and how a page shows it."""
