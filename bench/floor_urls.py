"""The house's addresses, and the floor pages beside them."""

from django.urls import include, path

from bench import floor

urlpatterns = [
    path("", include("huddleboard.urls")),
    path("floor/empty/", floor.empty),
    path("floor/insert/", floor.insert),
    path("floor/issues/<int:unit_id>/", floor.issues),
    path("floor/points/<int:unit_id>/", floor.points),
    path("floor/tiles/<int:unit_id>/", floor.tiles),
]
