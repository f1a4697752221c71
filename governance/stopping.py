"""Whether this process was told to stop: said by who serves, asked by who tells whether we are ready."""

from governance.env import env

_told = False


def announced_seconds() -> int:
    """How long a server that was told to stop goes on as before, so that a load balancer notices."""
    return env.at_least("DRAIN_SECONDS", 0, default=0)


def begin() -> None:
    """Called in a signal's handler, so it takes no lock."""
    global _told  # noqa: PLW0603  # a process is told once, and does not go on
    _told = True


def has_begun() -> bool:
    return _told
