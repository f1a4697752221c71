"""The library's pages that are open, and ours; what is not listed (sign-up, addresses) does not exist."""

from allauth.account import views as library
from django.urls import path, re_path

from governance.access.sign_in import session_views
from governance.access.sign_in.link import views as link_views
from governance.access.sign_in.second_factor import views as factor_views
from governance.access.sign_in.views import (
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
    path("reauthenticate/", factor_views.reauthenticate_password, name="account_reauthenticate"),
]
# Second factors
urlpatterns += [
    path("2fa/", factor_views.index, name="mfa_index"),
    path("2fa/authenticate/", factor_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", factor_views.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", factor_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", factor_views.recovery_codes_view, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        factor_views.recovery_codes_generate,
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", factor_views.keys_list, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", factor_views.key_add, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", factor_views.key_login, name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        factor_views.reauthenticate_key,
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/webauthn/keys/<int:pk>/remove/", factor_views.key_remove, name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", factor_views.key_edit, name="mfa_edit_webauthn"),
]
# Ours
urlpatterns += [
    path("sessions/", session_views.sessions, name="sessions"),
    path("sessions/end/", session_views.session_end, name="session_end"),
    path("device/", session_views.device_answer, name="device_answer"),
    path("link/<str:secret>/", link_views.link, name="link"),
    path("disown/<str:secret>/", link_views.disown, name="disown"),
    path("disowned/", link_views.disowned, name="disowned"),
]
