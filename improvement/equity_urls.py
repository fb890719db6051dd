"""Addresses of guidelines that use race, of evidence and of who answers for it; part of this room's addresses."""

from django.urls import path

from improvement.views import accountability, algorithms, doors, evidence, home

_AREA = "equity/<slug:slug>/"
_ONE = _AREA + "guidelines/<int:pk>/"

urlpatterns = [
    path("equity/", home.home, name="equity-home"),
    path(_AREA + "unchecked/", home.unchecked_work, name="unchecked"),
    path("evidence/", doors.my_evidence, name="my-evidence"),
    path("guidelines/", doors.my_guidelines, name="my-guidelines"),
    path(_AREA + "guidelines/", algorithms.guidelines, name="guidelines"),
    path(_AREA + "guidelines/add/", algorithms.add, name="guideline-add"),
    path(_AREA + "guidelines/adopt/", algorithms.adopt, name="guidelines-adopt"),
    path(_ONE, algorithms.guideline, name="guideline"),
    path(_ONE + "change/", algorithms.change, name="guideline-change"),
    path(_ONE + "review/", algorithms.review, name="guideline-review"),
    path(_AREA + "leaders/", accountability.leaders, name="leaders"),
    path(_AREA + "leaders/<int:pk>/end/", accountability.end_leader, name="leader-end"),
    path(_AREA + "yearly/", accountability.yearly, name="yearly"),
    path(_AREA + "yearly/<int:year>/", evidence.yearly, name="yearly-print"),
    path(_AREA + "evidence/", evidence.evidence, name="evidence"),
    path(_AREA + "evidence/print/", evidence.printed, name="evidence-print"),
    path(_AREA + "evidence/pack/", evidence.pack, name="evidence-pack"),
]
