"""Where nobody is written to, until when, and why."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from governance.core.identity.sources import source_name

LONGEST = timedelta(days=31)  # as in maintenance_window_guard.sql
_LOCAL = "%Y-%m-%dT%H:%M"


def _instant(label: Any, **more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=[_LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL),
        **more,
    )


class WindowForm(forms.Form):
    """A source or one rule of it; `rules`: pairs of a check code and its title, of all these sources."""

    use_required_attribute = False

    source = forms.ChoiceField(label=_lazy("Source"))
    check_code = forms.ChoiceField(label=_lazy("Règle"), required=False)
    starts_at = _instant(_lazy("Début"), required=False, help_text=_lazy("Vide : dès maintenant."))
    ends_at = _instant(
        _lazy("Fin"), help_text=_lazy("31 jours au plus ; vous pourrez y mettre fin plus tôt.")
    )
    reason = forms.CharField(
        label=_lazy("Motif"), max_length=500, help_text=_lazy("Il sera inscrit au registre.")
    )

    def __init__(
        self,
        *args: Any,
        sources: Iterable[str],
        rules: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["source"]).choices = [
            (slug, source_name(slug)) for slug in sources
        ]
        cast(forms.ChoiceField, self.fields["check_code"]).choices = [
            ("", _("Toutes les règles")),
            *rules,
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        now = timezone.now()
        start: datetime = said.get("starts_at") or now
        said["starts_at"] = max(start, now)
        end = said.get("ends_at")
        if end and end <= said["starts_at"]:
            self.add_error("ends_at", _("La fin doit être à venir, et après le début."))
        elif end and end > said["starts_at"] + LONGEST:
            self.add_error("ends_at", _("Un silence dure 31 jours au plus."))
        return said
