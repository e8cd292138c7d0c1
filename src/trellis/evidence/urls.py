"""Name the addresses of frameworks; evidence itself is read on the pages of insights."""

from django.urls import path

from trellis.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.frameworks, name="frameworks"),
    path("practice/", views.practice, name="practice"),
    path("crosswalk/", views.crosswalk, name="crosswalk"),
    path("<int:pk>/", views.framework, name="framework"),
    path("<int:pk>/put-away/", views.put_away, name="put_away_framework"),
    path("versions/<int:pk>/", views.version, name="version"),
    path("versions/<int:pk>/adopt/", views.adopt, name="adopt_version"),
    path("versions/<int:pk>/file/", views.version_file, name="version_file"),
]
