"""Name the addresses of insights, evidence and classes."""

from django.urls import path

from trellis.insights import talk_views, views

app_name = "insights"
urlpatterns = [
    path("evidence/", views.my_evidence, name="my_evidence"),
    path("evidence/own-reading/", views.own_reading, name="own_reading"),
    path("evidence/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("evidence/<uuid:pk>/restore/", views.restore, name="restore"),
    path("talk/", talk_views.classroom_talk, name="classroom_talk"),
    path("talk/keep/", talk_views.keep, name="keep_talk"),
    path("talk/<uuid:pk>/", talk_views.talk, name="talk"),
    path("talk/<uuid:pk>/count/", talk_views.count, name="count_talk"),
    path("talk/<uuid:pk>/delete/", talk_views.delete, name="delete_talk"),
    path("classes/<uuid:pk>/", views.my_class, name="my_class"),
    path("classes/<uuid:pk>/<int:objective_id>/", views.look_again, name="look_again"),
    path("rules/", views.rules, name="rules"),
    path("<uuid:pk>/", views.insight, name="insight"),
    path("<uuid:pk>/reply/", views.reply, name="reply"),
]
