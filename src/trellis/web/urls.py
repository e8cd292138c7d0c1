"""Name every address of Trellis: each app's own, and the pages that span them."""

from django.urls import include, path

from trellis.plans import urls as plans
from trellis.web import (
    api_imports,
    asking,
    coach_today,
    explore,
    imports,
    live,
    mapping,
    merging,
    plan,
    privacy,
    quality,
    school,
    systems,
    today,
    views,
)

web_patterns = (
    [
        path("", views.home, name="home"),
        path("health/", views.health, name="health"),
        path("explore/", explore.explore, name="explore"),
        path("explore/<uuid:pk>/", explore.resource, name="resource"),
        path("explore/<uuid:pk>/save/", explore.save, name="save_resource"),
        path("today/", today.today, name="today"),
        path("coaching/", coach_today.coach_today, name="coach_today"),
        path("live/", live.live, name="live"),
        path("visit-worker.js", views.visit_worker, name="visit_worker"),
        path("ask-my-class/", asking.ask_my_class, name="ask_my_class"),
        path("ask-my-class/<uuid:pk>/open/", asking.ask, name="ask_class"),
        path("ask-my-class/<uuid:pk>/", asking.collection, name="class_collection"),
        path("ask-my-class/<uuid:pk>/show/", asking.show_code, name="show_code"),
        path("ask-my-class/<uuid:pk>/close/", asking.close, name="close_collection"),
        path("class/", asking.enter_code, name="class_code"),
        path("class/thanks/", asking.thanks, name="class_thanks"),
        path("class/<str:code>/", asking.questions, name="class_questions"),
        path("school/", school.school, name="school"),
        path("imports/", imports.imports, name="imports"),
        path("imports/<uuid:pk>/", imports.one_import, name="import"),
        path("imports/<uuid:pk>/changes/", imports.lines, name="import_lines"),
        path("imports/<uuid:pk>/sound-rows/", imports.sound_rows, name="import_sound_rows"),
        path("imports/<uuid:pk>/stays-out.csv", imports.left_out, name="import_left_out"),
        path("imports/<uuid:pk>/undo/", imports.undo, name="undo_import"),
        path("imports/<uuid:pk>/apply/", imports.apply, name="apply_import"),
        path("imports/<uuid:pk>/refuse/", imports.refuse, name="refuse_import"),
        path("imports/<uuid:pk>/mapping/", mapping.mapping, name="mapping"),
        path("api/imports/", api_imports.send, name="api_imports"),
        path("api/imports/<uuid:pk>/", api_imports.follow, name="api_import"),
        path("administration/systems/", systems.tokens, name="systems"),
        path("administration/systems/<int:pk>/revoke/", systems.revoke, name="revoke_token"),
        path("mappings/", mapping.mappings, name="mappings"),
        path("mappings/<int:pk>/file/", mapping.as_file, name="mapping_file"),
        path("mappings/<int:pk>/put-away/", mapping.put_away, name="put_mapping_away"),
        path("administration/merges/", merging.merges, name="merges"),
        path("administration/merges/<uuid:pk>/undo/", merging.undo, name="undo_merge"),
        path(
            "administration/merges/<uuid:one>/<uuid:other>/",
            merging.compare,
            name="compare_records",
        ),
        path(
            "administration/merges/<uuid:one>/<uuid:other>/apart/",
            merging.tell_apart,
            name="tell_apart",
        ),
        path(
            "administration/merges/apart/<int:pk>/back/",
            merging.take_back_apart,
            name="take_back_apart",
        ),
        path("data-quality/", quality.data_quality, name="data_quality"),
    ],
    "web",
)

plan_patterns = [path("", plan.my_plan, name="my_plan"), *plans.urlpatterns]

urlpatterns = [
    path("", include(web_patterns)),
    path("", include("trellis.ui.urls")),
    path("", include("trellis.people.urls")),
    path("privacy/", include((privacy.urls, "trust"))),
    path("frameworks/", include("trellis.evidence.urls")),
    path("resources/", include("trellis.resources.urls")),
    path("insights/", include("trellis.insights.urls")),
    path("plan/", include((plan_patterns, "plans"))),
    path("people/", include("trellis.coaching.urls")),
    path("programs/", include("trellis.activities.urls")),
    path("reviews/", include("trellis.impact.urls")),
]
