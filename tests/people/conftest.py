"""People of one depot, and the hands that sign in as them."""

from collections.abc import Callable

import pytest
from django.test import Client

from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.foundation import test_sign_in

inbox = test_sign_in.inbox  # a fixture: the mail that a real server received


@pytest.fixture
def people(db):
    users = {role.value: make_user(role.value, {"depot": role}) for role in Role}
    users["autre"] = make_user("autre", {"autre": Role.ADMIN})
    return users


@pytest.fixture
def comes_in(people) -> Callable[[str], Client]:
    """`comes_in("pca")`: a browser of its own that signed in by the form."""

    def sign_in(name: str) -> Client:
        client = Client(headers={"User-Agent": "Navigateur d'essai"})
        answer = client.post("/accounts/login/", {"login": name, "password": name})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in
