"""Maintenance windows: while one lasts nobody is written to about a source; its alerts go on as ever."""
