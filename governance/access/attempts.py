"""How often a password, or a link to set one, may be tried; the numbers stand in the database."""

from dataclasses import dataclass

from django.db import connection


class TooManyAttempts(Exception):
    """Wait `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} s")


@dataclass(frozen=True)
class Limit:
    """At most `most` tries under `key` within `seconds`."""

    key: str
    most: int
    seconds: int


def sign_in_limits(*, account: str, address: str) -> list[Limit]:
    """Who types wrong passwords stops themselves: this account from this address.

    The two wide limits stop guessing from many addresses at one account, and from one address at many
    accounts. Neither binds whoever signed in to this account from this address within 30 days: no stranger
    elsewhere locks them out. People at one address (an office, or a proxy that TRUSTED_PROXIES does not
    count) are one here: five wrong passwords for an account stop everybody there for five minutes.
    """
    return [
        Limit(f"sign-in {account} {address}", 5, 300),
        Limit(f"sign-in account {account}", 50, 900),
        Limit(f"sign-in address {address}", 100, 300),
    ]


def reset_limits(*, email: str, address: str) -> list[Limit]:
    return [Limit(f"reset {email}", 3, 3600), Limit(f"reset address {address}", 20, 3600)]


def link_limits(*, address: str) -> list[Limit]:
    return [Limit(f"link address {address}", 20, 300)]


def change_limits(*, account: str) -> list[Limit]:
    return [Limit(f"change {account}", 5, 300)]


def attempt_count(limits: list[Limit]) -> None:
    """Count one try, before it is made. Raises TooManyAttempts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sign_in_try(%s, %s, %s)",
            [
                _keys(limits),
                [limit.most for limit in limits],
                [limit.seconds for limit in limits],
            ],
        )
        (wait,) = cursor.fetchone()
    if wait:
        raise TooManyAttempts(wait)


def attempt_succeeded(limits: list[Limit]) -> None:
    """The counted try was a good one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sign_in_good(%s)", [_keys(limits)])


def _keys(limits: list[Limit]) -> list[str]:
    """What is counted may be anything that somebody typed; the database takes no NUL."""
    return [limit.key.replace("\x00", "") for limit in limits]
