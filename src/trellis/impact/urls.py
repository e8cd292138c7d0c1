"""Name the addresses of impact."""

from django.urls import path

from trellis.impact import views

app_name = "impact"
urlpatterns = [
    path("", views.reviews, name="reviews"),
    path("district/", views.district, name="district"),
    path("new/", views.register, name="register"),
    path("<uuid:pk>/", views.review, name="review"),
    path("<uuid:pk>/run/", views.run, name="run"),
    path("<uuid:pk>/again/", views.rerun, name="rerun"),
    path("<uuid:pk>/release/", views.release, name="release"),
    path("<uuid:pk>/decide/", views.decide, name="decide"),
    path("<uuid:pk>/reply/", views.reply, name="reply"),
    path("<uuid:pk>/amend/", views.amend, name="amend"),
    path("<uuid:pk>/data/", views.data, name="data"),
]
