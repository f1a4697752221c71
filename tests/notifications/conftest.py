"""A console whose channels have a key, and a mail server that misbehaves on demand."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications.make import KEY
from tests.notifications.provider import HttpProvider, SmtpProvider


@pytest.fixture(autouse=True)
def channel_keys(settings: Any) -> None:
    settings.CHANNEL_KEYS = [KEY]


@pytest.fixture
def provider() -> Iterator[HttpProvider]:
    with HttpProvider() as one:
        yield one


@pytest.fixture
def mail(settings: Any) -> Iterator[SmtpProvider]:
    """Mail goes there."""
    with SmtpProvider() as one:
        settings.SENDS_MAIL = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", one.port
        settings.EMAIL_TIMEOUT = 1
        settings.DEFAULT_FROM_EMAIL = "console@exemple.test"
        settings.CONSOLE_URL = "https://console.exemple.test"
        yield one
