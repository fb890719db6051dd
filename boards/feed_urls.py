"""Addresses of feeds and of entry by hand; part of the addresses of boards."""

from django.urls import path

from boards.views import entry, feed_sources, feeds

urlpatterns = [
    path("boards/<int:unit_id>/entry/", entry.entry, name="entry"),
    path("feeds/", feeds.overview, name="feeds"),
    path("feeds/upload/", feeds.upload, name="feed-upload"),
    path("feeds/readings.csv", feeds.template_csv, name="feed-template"),
    path("feeds/files/<int:pk>/", feeds.file, name="feed-file"),
    path("feeds/files/<int:pk>/rows/", feeds.rows, name="feed-rows"),
    path("feeds/files/<int:pk>/count/", feeds.count, name="feed-count"),
    path("feeds/files/<int:pk>/discard/", feeds.discard, name="feed-discard"),
    path("feeds/files/<int:pk>/problems.csv", feeds.problems_csv, name="feed-problems"),
    path("feeds/groups/", feeds.groups, name="feed-groups"),
    path("feeds/groups/<int:pk>/", feeds.map_group, name="feed-group-map"),
    path("feeds/sources/add/", feed_sources.add, name="feed-source-add"),
    path("feeds/sources/<int:pk>/", feed_sources.source, name="feed-source"),
    path("feeds/sources/<int:pk>/mappings/add/", feed_sources.mapping, name="feed-mapping-add"),
    path("feeds/sources/<int:pk>/mappings/<int:mapping_pk>/", feed_sources.mapping, name="feed-mapping"),
]
