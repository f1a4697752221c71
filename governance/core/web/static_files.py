"""Serves the collected static files to everybody; the list of their names is the server's own."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # the library ships no types
    """The library's, without the manifest: it names every file, and so the versions of what we use."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        manifest = getattr(staticfiles_storage, "manifest_name", None)
        if url != f"{settings.STATIC_URL}{manifest}":
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)
