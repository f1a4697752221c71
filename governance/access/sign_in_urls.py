"""The library's pages that are open; what is not listed (sign-up, other addresses) does not exist."""

from allauth.account import views as library
from django.urls import path, re_path

from governance.access.sign_in import (
    password_change,
    password_reset,
    password_reset_from_key,
    sign_in,
    sign_out,
)

urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("logout/", sign_out, name="account_logout"),
    path("inactive/", library.account_inactive, name="account_inactive"),
    path("password/change/", password_change, name="account_change_password"),
    path("password/reset/", password_reset, name="account_reset_password"),
    path("password/reset/done/", library.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        library.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
