"""Name the addresses of activities."""

from django.urls import path

from trellis.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.programs, name="programs"),
    path("<uuid:pk>/", views.program, name="program"),
    path("providers/<int:pk>/", views.provider, name="provider"),
]
