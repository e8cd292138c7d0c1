"""Name the address of the style guide."""

from django.urls import path

from trellis.ui import views

app_name = "ui"
urlpatterns = [path("styleguide/", views.style_guide, name="style_guide")]
