"""Name the addresses of plans; My plan itself spans apps and is named in `web.urls`."""

from django.urls import path

from trellis.plans import views

app_name = "plans"
urlpatterns = [
    path("open-file/", views.open_file, name="open_file"),
    path("time/", views.grant_time, name="grant_time"),
    path("invite/", views.invite, name="invite"),
    path("goals/new/", views.new_goal, name="new_goal"),
    path("goals/<uuid:pk>/", views.goal, name="goal"),
    path("goals/<uuid:pk>/check-in/", views.check_in, name="check_in"),
    path("goals/<uuid:pk>/refine/", views.refine, name="refine"),
    path("goals/<uuid:pk>/met/", views.meet, name="meet"),
    path("goals/<uuid:pk>/raise/", views.raise_goal, name="raise_goal"),
    path("goals/<uuid:pk>/set-aside/", views.set_aside, name="set_aside"),
    path("steps/new/", views.new_step, name="new_step"),
    path("steps/<uuid:pk>/look-back/", views.look_back, name="look_back"),
    path("steps/<uuid:pk>/move/", views.move_step, name="move_step"),
    path("suggestions/<uuid:pk>/accept/", views.accept, name="accept"),
    path("suggestions/<uuid:pk>/adapt/", views.adapt, name="adapt"),
    path("suggestions/<uuid:pk>/decline/", views.decline, name="decline"),
    path("collaborators/<int:pk>/end/", views.end_collaboration, name="end_collaboration"),
    path("resources/<int:pk>/remove/", views.remove_resource, name="remove_resource"),
    path("<uuid:pk>/", views.plan, name="plan"),
    path("<uuid:pk>/suggest/", views.suggest, name="suggest"),
    path("<uuid:pk>/comment/", views.comment, name="comment"),
]
