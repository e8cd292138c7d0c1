"""Name the addresses of signing in, of one's own account, and of the administration of accounts."""

from django.urls import path

from trellis.people import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/as/", views.sign_in_as_cast, name="sign_in_as_cast"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.AskForPassword.as_view(), name="password_reset"),
    path("password/sent/", views.password_sent, name="password_sent"),
    path(
        "password/<uidb64>/<token>/",
        views.ChoosePassword.as_view(),
        name="password_reset_confirm",
    ),
    path("account/", views.account, name="account"),
    path("account/appearance/", views.appearance, name="appearance"),
    path("administration/people/", views.people, name="people"),
    path("administration/people/<uuid:pk>/", views.person, name="person"),
    path("administration/people/<uuid:pk>/roles/", views.grant_role, name="grant_role"),
    path("administration/people/<uuid:pk>/close/", views.close_account, name="close_account"),
    path("administration/people/<uuid:pk>/open/", views.open_account, name="open_account"),
    path("administration/roles/<int:pk>/end/", views.end_role, name="end_role"),
]
