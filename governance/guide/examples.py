"""Owns one example per state of each component, as plain values; a test holds them to the headers."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from governance.guide.components import Example
from governance.guide.drawings import drawings

ANCHOR = "#exemples"


class _DemoForm(forms.Form):
    note = forms.CharField(
        label="Note", widget=forms.Textarea({"rows": 2}), help_text="Ce qui a été constaté."
    )
    decision = forms.ChoiceField(
        label="Décision", choices=[("", "Choisir…"), ("CORRIGE", "Corrigé")]
    )
    until = forms.DateField(label="Jusqu’au", required=False)
    agreed = forms.BooleanField(label="La jauge a été relevée", required=False)


def examples() -> dict[str, list[Example]]:
    """By component; made anew for each reading, as ages tick."""
    now = timezone.now()
    empty, refused = _DemoForm(), _DemoForm({"note": "", "decision": "CORRIGE"})
    return {
        "alarm": [
            Example(
                "Contrôles arrêtés",
                {
                    "warning": {
                        "title": "Plus aucun contrôle depuis 12 min.",
                        "text": "Ce que montrent les pages peut être dépassé.",
                        "url": ANCHOR,
                        "link_label": "Voir les contrôles",
                    }
                },
            )
        ],
        "button": [
            Example("Principal", {"label": "Acquitter", "kind": "primary"}),
            Example("Ordinaire", {"label": "Résoudre"}),
            Example("Discret", {"label": "Annuler", "kind": "quiet"}),
            Example("Petit, avec symbole", {"label": "Lire", "icon_name": "check", "small": True}),
            Example("Pleine largeur", {"label": "Se connecter", "kind": "primary", "wide": True}),
            Example("Lien", {"label": "Suivantes", "url": ANCHOR, "icon_after": "next"}),
            Example("Action du contrat", {"label": "Acquitter", "action": "ack"}),
        ],
        **drawings(),
        "chips": [
            Example(
                "Deux filtres",
                {
                    "chips": [
                        {"label": "Gravité", "value": "Critique", "url": ANCHOR},
                        {"label": "Texte", "value": "TANK4", "url": ANCHOR},
                    ],
                    "clear_url": ANCHOR,
                },
            )
        ],
        "copy": [Example("Copier", {"target": "exemples", "label": "Copier"})],
        "counter": [
            Example("Total", {"name": "total", "value": 12840, "label": "alertes"}),
            Example(
                "Sous un filtre",
                {"name": "warn", "value": 0, "label": "avertissements", "is_part": True, "of": 240},
            ),
            Example(
                "Critiques, cliquable",
                {
                    "name": "critical",
                    "value": 2,
                    "label": "critiques",
                    "icon_name": "critical",
                    "url": ANCHOR,
                },
            ),
            Example(
                "Zéro", {"name": "warn", "value": 0, "label": "avertissements", "icon_name": "warn"}
            ),
        ],
        "def": [
            Example("Texte", {"label": "Citerne", "value": "TANK4", "key": "citerne"}),
            Example("Nombre et unité", {"label": "Stock", "value": -1250.5, "unit": "L"}),
            Example("Instant", {"label": "Constat", "value": now}),
            Example("Rien", {"label": "Plaque", "value": None}),
        ],
        "demo_banner": [Example("Toujours")],
        "env_banner": [
            Example("Poste local", {"env": "local"}),
            Example("Préproduction", {"env": "staging"}),
        ],
        "empty": [
            Example(
                "Tout va bien, preuve à l’appui",
                {"title": "Aucune anomalie", "text": "Dernier contrôle complet à 7 h.", "ok": True},
            ),
            Example(
                "Rien trouvé, avec une sortie",
                {
                    "title": "Rien ne correspond à ces filtres",
                    "url": ANCHOR,
                    "link_label": "Effacer les filtres",
                },
            ),
            Example("Rien de plus à dire", {"title": "Le registre est encore vide"}),
        ],
        "field": [
            Example("Obligatoire, avec aide", {"field": empty["note"]}),
            Example("Aide écrite ailleurs", {"field": empty["note"], "help_below": True}),
            Example("Choix", {"field": empty["decision"]}),
            Example("Facultatif", {"field": empty["until"], "extra": "until"}),
            Example("Obligatoire parfois", {"field": empty["until"], "conditional": True}),
            Example("Case", {"field": empty["agreed"]}),
            Example("Refusé", {"field": refused["note"]}),
        ],
        "form": [Example("Vide", {"form": empty}), Example("Refusé", {"form": refused})],
        "cause": [Example("Pliée", {"cause": "elle ne répond pas : connection refused"})],
        "mistakes": [Example("Refusé", {"form": refused})],
        "job_state": [
            Example(state, {"state": state})
            for state in ("ok", "failed", "running", "never", "late", "broken_off")
        ],
        "json": [
            Example(
                "Ouvert",
                {"id": "donnees", "title": "Données brutes", "json": '{\n  "citerne": "TANK4"\n}'},
            )
        ],
        "notice": [
            Example(tone, {"tone": tone, "text": text})
            for tone, text in {
                "success": "Alerte acquittée.",
                "warning": "Le filtre a été ignoré.",
                "info": "Ce rapport est provisoire.",
                "debug": "Rien de plus.",
            }.items()
        ]
        + [
            Example(
                "error, avec un titre",
                {
                    "tone": "error",
                    "title": "L’action n’a pas été enregistrée.",
                    "text": "Le serveur n’a pas répondu.",
                },
            )
        ],
        "outcome": [
            Example(outcome, {"outcome": outcome}) for outcome in ("COMPLETE", "FAILED", "SUSPECT")
        ],
        "ignored": [
            Example("Une valeur inconnue", {"ignored": [{"name": "Gravité", "value": "ROUGE"}]})
        ],
        "pager": [
            Example("Tout tient sur une page", {"pager": _pager(8, 8)}),
            Example("Première page", {"pager": _pager(200, 251, after=ANCHOR)}),
            Example("Dernière page", {"pager": _pager(51, 251, first=ANCHOR)}),
        ],
        "refusal": [
            Example(
                "Sans autre issue",
                {
                    "code": "404",
                    "title": "Cette page n’existe pas",
                    "text": "L’adresse est inexacte.",
                },
            ),
            Example(
                "Avec une issue et une suite",
                {
                    "code": "403",
                    "title": "Aucune source ne vous est confiée",
                    "text": "Votre compte existe, mais il n’a pas encore de rôle.",
                    "more": "Un administrateur peut vous en donner un.",
                    "url": reverse("account_logout"),
                    "link_label": "Se déconnecter",
                    "only_way": True,
                },
            ),
            Example(
                "Avec la référence de l’incident et l’aide",
                {
                    "code": "500",
                    "title": "Le serveur a rencontré une erreur",
                    "text": "L’incident est consigné.",
                    "reference": "7F3A09C1",
                    "help_url": reverse("help"),
                },
            ),
        ],
        "script_words": [Example("Ne se voit pas : le script y lit ses mots")],
        "select": [
            Example(
                "Un choix fait",
                {
                    "choice": {
                        "name": "gravite",
                        "label": "Gravité",
                        "options": [
                            {"value": "", "label": "Toutes", "selected": False},
                            {"value": "WARN", "label": "Avertissement", "selected": True},
                        ],
                    }
                },
            )
        ],
        "severity": [
            Example(severity, {"severity": severity}) for severity in ("CRITICAL", "WARN", "INFO")
        ]
        + [
            Example(f"{severity}, teinté", {"severity": severity, "pill": True})
            for severity in ("CRITICAL", "WARN", "INFO")
        ],
        "source": [
            Example(state, {"source": _source(state)})
            for state in ("ok", "stale", "failed", "suspect", "never", "clock")
        ]
        + [
            Example("ok, sans son nom", {"source": _source("ok"), "bare": True}),
            Example("ok, en peu de place", {"source": _source("ok"), "short": True}),
        ],
        "status": [
            Example(status, {"status": status, "pill": pill})
            for pill in (False, True)
            for status in ("OPEN", "ACK", "RESOLVED")
        ]
        + [
            Example("Jusqu’à une date", {"status": "RESOLVED", "pill": True, "is_waiting": True}),
        ],
        "user_menu": [Example("Fermé ; il s’ouvre d’un clic", in_page=True)],
    }


def _pager(shown: int, total: int, *, first: str = "", after: str = "") -> dict[str, Any]:
    return {
        "shown": shown,
        "total": total,
        "label": "Pages de la liste",
        "first_label": "Revenir au début",
        "next_label": "Alertes suivantes",
        "first_url": first,
        "next_url": after,
    }


def _source(state: str) -> SimpleNamespace:
    now = timezone.now()
    return SimpleNamespace(
        slug="depot",
        label="depot",
        state=state,
        last_complete_at=None if state in ("never", "clock") else now - timedelta(seconds=40),
        last_attempt_at=None if state == "never" else now - timedelta(seconds=20),
        rules_count=12,
        cause="La base ne répond pas." if state == "failed" else "",
    )
