"""Labels and units of what the console's own findings carry, as manifests have them for the rules' own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By payload key; the keys mean the same in each of the console's own findings.
LABELS: dict[str, tuple[str | Promise, str]] = {
    "absent": (_("Alertes absentes de la lecture"), ""),
    "active": (_("Alertes actives avant elle"), ""),
    "codes": (_("Codes des lignes mises à l’écart"), ""),
    "command": (_("Commande"), ""),
    "dated": (_("Date du contrôle"), ""),
    "detail": (_("Détail"), ""),
    "evidence_sha256": (_("Empreinte trouvée de ce que la vue lit"), ""),
    "exit_code": (_("Code de sortie"), ""),
    "expected_evidence_sha256": (_("Empreinte attendue de ce que la vue lit"), ""),
    "expected_sha256": (_("Empreinte attendue de la vue"), ""),
    "faults": (_("Défauts"), ""),
    "interval_s": (_("Intervalle des contrôles"), "s"),
    "last_complete_at": (_("Dernier contrôle complet"), ""),
    "missed": (_("Contrôles manqués avant l’alarme"), ""),
    "moved": (_("Ce qui a changé"), ""),
    "rows": (_("Lignes mises à l’écart"), ""),
    "rows_most": (_("Le plus de lignes mises à l’écart"), ""),
    "rule": (_("Règle"), ""),
    "source": (_("Source"), ""),
    "verdict": (_("Verdict"), ""),
    "version": (_("Version de la règle"), ""),
    "view_sha256": (_("Empreinte trouvée"), ""),
}


def own_label(key: str) -> str:
    """The label of a key, or the key itself in words for one that we do not write."""
    return str(LABELS[key][0]) if key in LABELS else key.replace("_", " ")


def own_unit(key: str) -> str:
    return LABELS[key][1] if key in LABELS else ""
