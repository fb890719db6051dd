"""Addresses of the one page of a ticket: its text, its rows, its comments, its versions."""

from django.urls import path

from improvement.views import groups, paper_files, paper_rows, paper_versions, papers

_OF = "improvement/<int:pk>/paper/"

urlpatterns = [
    path(_OF, papers.paper, name="paper"),
    path(f"{_OF}begin/", papers.begin, name="paper-begin"),
    path(f"{_OF}text/", papers.text, name="paper-text"),
    path(f"{_OF}sections/<slug:section>/", papers.section, name="paper-section"),
    path(f"{_OF}live/", papers.live_token, name="paper-live"),
    path(f"{_OF}head/", papers.head, name="paper-head"),
    path("improvement/<int:pk>/chart/", papers.chart, name="ticket-chart"),
    path("improvement/<int:pk>/groups/", groups.groups, name="ticket-groups"),
    path("improvement/<int:pk>/effect/", papers.effect, name="ticket-effect"),
    path(f"{_OF}comments/<slug:section>/", papers.comments, name="paper-comments"),
    path(f"{_OF}comments/<int:comment_pk>/settle/", papers.settle, name="paper-settle"),
    path(f"{_OF}rows/<slug:section>/", paper_rows.rows, name="paper-rows"),
    path(f"{_OF}rows/<slug:section>/add/", paper_rows.add, name="paper-add"),
    path(f"{_OF}rows/<slug:section>/<int:row_pk>/", paper_rows.write, name="paper-write"),
    path(f"{_OF}rows/<slug:section>/<int:row_pk>/gone/", paper_rows.take_away, name="paper-gone"),
    path(f"{_OF}steps/done/", paper_rows.tick, name="paper-tick"),
    path(f"{_OF}versions/", paper_versions.versions, name="paper-versions"),
    path(f"{_OF}versions/keep/", paper_versions.keep, name="paper-keep"),
    path(f"{_OF}versions/<int:number>/restore/", paper_versions.restore, name="paper-restore"),
    path(f"{_OF}print/", paper_files.document, name="paper-print"),
    path(f"{_OF}pdf/", paper_files.pdf, name="paper-pdf"),
]
