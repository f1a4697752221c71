"""The row-security audit: reads a database's schema, rebuilds it apart, and tries who gets at whose rows.

Nothing is written to the database that is audited. Knows no alert and no page but its own.
"""
