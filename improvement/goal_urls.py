"""Addresses of goals, their reviews and the voices of the community."""

from django.urls import path

from improvement.views import goal_forms, goal_voices, goals

urlpatterns = [
    path("goals/", goals.goals, name="goals"),
    path("goals/new/", goal_forms.new, name="goal-new"),
    path("goals/report/<slug:slug>/", goals.report, name="goal-report"),
    path("goals/<int:pk>/", goals.goal, name="goal"),
    path("goals/<int:pk>/charter/", goals.charter, name="goal-charter"),
    path("goals/<int:pk>/edit/", goal_forms.edit, name="goal-edit"),
    path("goals/<int:pk>/check/", goal_forms.check, name="goal-check"),
    path("goals/<int:pk>/activate/", goal_forms.activate, name="goal-activate"),
    path("goals/<int:pk>/close/", goal_forms.close, name="goal-close"),
    path("goals/<int:pk>/voice/", goal_voices.of_goal, name="goal-voice"),
    path("goals/<int:pk>/reviews/", goal_voices.plan, name="goal-plan"),
    path("goals/<int:pk>/reviews/<int:review>/", goal_voices.hold, name="goal-review"),
    path("goals/<int:pk>/reviews/<int:review>/drop/", goal_voices.drop, name="goal-review-drop"),
    path("voices/<int:pk>/answer/", goal_voices.answer, name="voice-answer"),
    path("voices/<slug:slug>/", goal_voices.log, name="voices"),
    path("voices/<slug:slug>/new/", goal_voices.of_house, name="voice-new"),
]
