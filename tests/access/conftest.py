"""People of the demonstration and clients for them, as the tests of pages have them."""

from tests.pages.conftest import as_, people

__all__ = ["as_", "people"]
