"""How often a password, or a link to set one, may be tried."""

from governance.access.limits.tries import (
    Limit,
    TooManyAttempts,
    attempt_count,
    attempt_succeeded,
)

__all__ = ["Limit", "TooManyAttempts", "attempt_count", "attempt_succeeded"]


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


def factor_limits(*, account: str) -> list[Limit]:
    """Codes of a second factor: after the password, so whoever guesses here knows that one."""
    return [Limit(f"factor {account}", 5, 60)]


def setup_limits(*, account: str) -> list[Limit]:
    """Codes of a factor that is being set up: its secret stands on the page, so none is a guess."""
    return [Limit(f"factor setup {account}", 5, 60)]
