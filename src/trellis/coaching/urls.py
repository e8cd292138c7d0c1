"""Name the addresses of coaching."""

from django.urls import path

from trellis.coaching import views, visit_views

app_name = "coaching"
urlpatterns = [
    path("", views.my_people, name="my_people"),
    path("invite/", views.invite, name="invite"),
    path("<uuid:pk>/", views.partnership, name="partnership"),
    path("<uuid:pk>/accept/", views.accept, name="accept"),
    path("<uuid:pk>/decline/", views.decline, name="decline"),
    path("<uuid:pk>/end/", views.end, name="end"),
    path("<uuid:pk>/agreement/", views.agreement, name="agreement"),
    path("<uuid:pk>/agreement/sign/", views.sign, name="sign"),
    path("<uuid:pk>/log/", views.log, name="log"),
    path("<uuid:pk>/promise/", views.promise, name="promise"),
    path("<uuid:pk>/visit/", visit_views.propose, name="propose_visit"),
    path("promises/<uuid:pk>/kept/", views.kept, name="kept"),
    path("promises/<uuid:pk>/drop/", views.drop, name="drop"),
    path("promises/<uuid:pk>/move/", views.move, name="move"),
    path("visits/<uuid:pk>/", visit_views.visit, name="visit"),
    path("visits/<uuid:pk>/answer/", visit_views.answer, name="answer_visit"),
    path("visits/<uuid:pk>/decline/", visit_views.decline, name="decline_visit"),
    path("visits/<uuid:pk>/cancel/", visit_views.cancel, name="cancel_visit"),
    path("visits/<uuid:pk>/notes/", visit_views.note, name="note"),
    path("visits/<uuid:pk>/share/", visit_views.share, name="share_visit"),
    path("visits/<uuid:pk>/debrief/", visit_views.debrief, name="debrief"),
]
