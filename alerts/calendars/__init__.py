"""When a source works: its time zone, hours and holidays, and by them when a deadline ends. Knows no rule."""
