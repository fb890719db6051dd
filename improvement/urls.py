"""Addresses of improvement work, goals, voices, guidelines and evidence."""

from django.urls import include, path

app_name = "improvement"
urlpatterns = [
    path("", include("improvement.ticket_urls")),
    path("", include("improvement.paper_urls")),
    path("", include("improvement.goal_urls")),
    path("", include("improvement.equity_urls")),
]
