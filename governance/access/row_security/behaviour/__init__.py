"""Tries row security in a copy of the schema: rebuild it, invent rows and identities, try every verb."""
