"""A row of the routing and a turn of the telephone, as people write them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.kinds import kinds_on, reader_language
from alerts.models import Severity
from governance.core.identity.roles import Role
from governance.core.identity.sources import source_name
from governance.notifications.models import Channel
from governance.notifications.routing.models import Target

Choices = list[tuple[str, Any]]


class RouteForm(forms.Form):
    """Which alerts, and who is told. `who` names a role, a person, a channel, or who has the telephone."""

    use_required_attribute = False

    source = forms.ChoiceField(label=_("Source"), required=False)
    severity = forms.ChoiceField(label=_("Gravité"), required=False)
    check_code = forms.ChoiceField(label=_("Règle"), required=False)
    who = forms.ChoiceField(label=_("Prévenir"))
    quiet_from = forms.TimeField(
        label=_("Silence dès"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("À l’heure de la source. Ce qui est critique passe."),
    )
    quiet_until = forms.TimeField(
        label=_("Silence jusqu’à"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )

    def __init__(
        self,
        *args: Any,
        sources: Iterable[str],
        everywhere: bool,
        people: Mapping[UUID, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        held = sorted(sources)
        self._choose("source", ([("", _("Toutes"))] if everywhere else []) + _sources(held))
        severities = [one for one in Severity.choices if one[0] != Severity.INFO]
        self._choose("severity", [("", _("Toutes")), *severities])
        self._choose("check_code", [("", _("Toutes")), *_rules(held)])
        channels = Channel.objects.filter(is_on=True, secret__isnull=False).order_by("name")
        self._choose(
            "who",
            [(f"{Target.ROLE}:{role}", label) for role, label in Role.choices]
            + [(f"{Target.ON_CALL}:", Target.ON_CALL.label)]
            + [(f"{Target.PERSON}:{one}", name) for one, name in people.items()]
            + [(f"{Target.CHANNEL}:{one.pk}", one.name) for one in channels],
        )

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("quiet_from"), said.get("quiet_until")
        if (since is None) != (until is None) or (since is not None and since == until):
            self.add_error(
                "quiet_until", _("Dites le début et la fin du silence, ou aucun des deux.")
            )
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What `route_add` takes, once it is valid."""
        said = dict(self.cleaned_data)
        target, _colon, name = said.pop("who").partition(":")
        said["target"] = target
        field = {Target.ROLE: "role", Target.PERSON: "person_id", Target.CHANNEL: "channel_id"}
        if target in field:
            said[field[Target(target)]] = name
        return said


class PreviewForm(forms.Form):
    """An alert that might be."""

    use_required_attribute = False

    of = forms.ChoiceField(label=_("Une alerte de cette règle"))
    severity = forms.ChoiceField(
        label=_("Gravité"), choices=[one for one in Severity.choices if one[0] != Severity.INFO]
    )

    def __init__(self, *args: Any, sources: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = reader_language()
        field = self.fields["of"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [
            (f"{source}:{code}", f"{source_name(source)} · {kind.title.in_(language)}")
            for source in sorted(sources)
            for code, kind in kinds_on(source).items()
        ]


class TurnForm(forms.Form):
    """Who has the telephone of a source, from when to when, by the source's clock."""

    use_required_attribute = False

    source = forms.ChoiceField(label=_("Source"))
    person = forms.ChoiceField(label=_("Qui a le téléphone"))
    starts = forms.DateTimeField(
        label=_("Dès"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends = forms.DateTimeField(
        label=_("Jusqu’au"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=_("Remarque"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : remplace, en congé."),
    )

    def __init__(
        self, *args: Any, sources: Iterable[str], people: Mapping[UUID, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("source", _sources(sorted(sources))),
            ("person", [(str(one), name) for one, name in people.items()]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        starts, ends = said.get("starts"), said.get("ends")
        if isinstance(starts, datetime) and isinstance(ends, datetime) and ends <= starts:
            self.add_error("ends", _("La fin vient après le début."))
        return said


def _sources(slugs: Iterable[str]) -> Choices:
    return [(slug, source_name(slug)) for slug in slugs]


def _rules(sources: Iterable[str]) -> Choices:
    language = reader_language()
    found = {
        code: kind.title.in_(language)
        for source in sources
        for code, kind in kinds_on(source).items()
    }
    return sorted(found.items(), key=lambda one: str(one[1]).casefold())
