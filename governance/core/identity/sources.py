"""The configured sources and what people call them; the slug stands where no name was given."""

from django.conf import settings


def source_slugs() -> list[str]:
    """The configured sources, in alphabetical order."""
    return sorted(settings.SOURCES)


def source_name(slug: str) -> str:
    """`SOURCE_<SLUG>_NAME`, for pages; the ledger, exports and addresses keep the slug."""
    return str(settings.SOURCE_NAMES.get(slug, slug))
