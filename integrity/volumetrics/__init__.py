"""Checks field volume records against the standard; must not know databases, rules or alerts."""
