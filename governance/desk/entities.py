"""What people call the sorts of things that alerts are about; a sort that nobody named reads as its code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "CITERNE": _("Citerne"),
    "CITERNE_STOCK": _("Stock de citerne"),
    "CDR": _("Camion en route"),
    "RECEPTION": _("Réception"),
    "SORTIE": _("Sortie"),
    "SOURCE": _("Source de la console"),
    "RULE": _("Règle de la console"),
    "JOB": _("Travail de la console"),
}


def entity_words(entity_type: str) -> str:
    """“Camion en route”; of a code that a pack brings, the code as words."""
    known = WORDS.get(entity_type)
    return str(known) if known else entity_type.replace("_", " ").capitalize()
