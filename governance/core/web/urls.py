"""The address that changes the language of the pages."""

from django.urls import path

from governance.core.web.language import set_language

urlpatterns = [path("governance/language", set_language, name="set_language")]
