"""What people call a source; the slug stands where no name was given, and in every record."""

from django.conf import settings


def source_name(slug: str) -> str:
    """`SOURCE_<SLUG>_NAME`, for pages; the ledger, exports and addresses keep the slug."""
    return str(settings.SOURCE_NAMES.get(slug, slug))
