"""A view that the console itself compiled and read."""

import pytest

from tests.schedule.make import ours_scanned


@pytest.fixture
def ours(db) -> None:
    """The view of `depot` was read a second ago, and the console had compiled it."""
    ours_scanned()
