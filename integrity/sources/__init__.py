"""Business databases: connecting, the shape of a checks view, what was read through it."""
