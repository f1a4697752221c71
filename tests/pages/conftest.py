"""People of the demonstration, and a client signed in as one of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.schedule.make import ours_scanned


@pytest.fixture
def people(db):
    """One person per role on `depot`, and a director of somewhere else."""
    users = {role.value: make_user(role.value, {"depot": role}) for role in Role}
    users["ailleurs"] = make_user("ailleurs", {"autre": Role.DIRECTEUR})
    users["sans-role"] = make_user("sans-role")
    return users


@pytest.fixture
def as_(people) -> Callable[[str], Client]:
    """`as_("pca")`: a client signed in as that person, with CSRF enforced off as Django's own."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return sign_in


@pytest.fixture
def ours(db) -> None:
    """The view of `depot` was read a second ago, and the console had compiled it."""
    ours_scanned()
