"""Addresses of boards and measures."""

from datetime import date

from django.urls import include, path, register_converter

from boards.views import board, groups, measure, overview, wall
from boards.views.days import read_day


class DayConverter:
    """A day in an address: 2026-11-22."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The day; ValueError (404) where there is none."""
        return read_day(value)

    def to_url(self, value: date | str) -> str:
        """The day as it stands in an address."""
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

app_name = "boards"
urlpatterns = [
    path("boards/", overview.overview, name="overview"),
    path("boards/<int:unit_id>/", board.board, name="board"),
    path("boards/<int:unit_id>/tiles/", board.tiles, name="tiles"),
    path("boards/<int:unit_id>/live/", board.live_token, name="live-token"),
    path("boards/<int:unit_id>/reasons/<day:day>/<int:measure_id>/", board.reason, name="reason"),
    path("boards/<int:unit_id>/wall/", wall.wall, name="wall-view"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/", measure.measure, name="measure"),
    path("boards/<int:unit_id>/equity/", groups.equity, name="equity"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/groups/", groups.groups, name="groups"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/notes/", measure.notes, name="notes"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/chart.<str:kind>", measure.chart, name="chart"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/points.csv", measure.points_csv, name="points"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/groups.csv", measure.groups_csv, name="groups-file"),
    path("wall/", wall.device_wall, name="wall"),
    path("wall/<int:unit_id>/", wall.device_wall, name="wall-board"),
    path("wall/<int:unit_id>/tiles/", wall.device_tiles, name="wall-tiles"),
    path("wall/<int:unit_id>/live/", wall.device_live, name="wall-live"),
    path("", include("boards.equity_urls")),
    path("", include("boards.setup_urls")),
    path("", include("boards.feed_urls")),
]
