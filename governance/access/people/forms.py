"""What an administrator types about people: who is invited, what is changed, which role, who takes over."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.core.identity.people import Person
from governance.core.identity.roles import Role
from governance.core.identity.sources import source_name


class DetailsForm(forms.Form):
    """Display name and address."""

    use_required_attribute = False

    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=150, required=False)
    last_name = forms.CharField(label=gettext_lazy("Nom"), max_length=150, required=False)
    email = forms.EmailField(label=gettext_lazy("Adresse e-mail"), max_length=254, required=False)


class InviteForm(DetailsForm):
    """Who is invited, in which language the console speaks first, and the role on a source."""

    username = forms.CharField(
        label=gettext_lazy("Identifiant"),
        max_length=150,
        help_text=gettext_lazy("Lettres, chiffres, points et tirets ; il ne change plus."),
        validators=[UnicodeUsernameValidator()],
    )
    language = forms.ChoiceField(label=gettext_lazy("Langue"), choices=settings.LANGUAGES)
    source = forms.ChoiceField(label=gettext_lazy("Source"))
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Role.choices)

    field_order = ("username", "first_name", "last_name", "email", "language", "source", "role")

    def __init__(self, *args: Any, sources: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = _named(sources)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.GERANT


class RoleForm(forms.Form):
    """The one role on one source; none takes it."""

    use_required_attribute = False

    source = forms.ChoiceField(label=gettext_lazy("Source"))
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), required=False)

    def __init__(self, *args: Any, sources: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = _named(sources)  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("aucun rôle")), *Role.choices]  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Who takes over what the person takes care of, source by source; nobody is an answer."""

    use_required_attribute = False

    def __init__(self, *args: Any, heirs: Mapping[str, list[Person]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sources = list(heirs)
        for source, possible in heirs.items():
            self.fields[f"heir-{source}"] = forms.ChoiceField(
                label=_("Sur %(source)s, à confier à") % {"source": source_name(source)},
                choices=[("", _("personne"))] + [(str(one.id), str(one)) for one in possible],
                required=False,
            )

    def chosen(self) -> dict[str, UUID | None]:
        """By source; None for nobody."""
        picked = ((one, self.cleaned_data[f"heir-{one}"]) for one in self._sources)
        return {source: UUID(heir) if heir else None for source, heir in picked}


def _named(sources: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, source_name(one)) for one in sorted(sources)]
