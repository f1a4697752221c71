"""Caches of a process: the values used last, and what is computed once per state of the console."""
