"""Addresses with which a hospital edits its question sets; part of the addresses of the room."""

from django.urls import path

from rounding.views import setup

_SETS = "set-up/<slug:slug>/questions/"
_SET = _SETS + "<int:pk>/"

urlpatterns = [
    path(_SETS, setup.question_sets, name="setup-questions"),
    path(_SETS + "missing/", setup.put_missing, name="setup-questions-missing"),
    path(_SETS + "new/", setup.new, name="setup-questions-new"),
    path(_SET, setup.question_set, name="setup-question-set"),
    path(_SET + "preview/", setup.preview, name="setup-question-preview"),
    path(_SET + "versions/<int:number>/", setup.version, name="setup-question-version"),
    path(_SET + "retire/", setup.retire, name="setup-question-retire"),
    path(_SET + "bring-back/", setup.bring_back, name="setup-question-bring-back"),
]
