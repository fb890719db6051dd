"""Addresses of K-cards and of stat sheets side by side; part of the addresses of the room."""

from django.urls import path

from rounding.views import k_cards, k_pull, stat_sheets

_CARD = "k-cards/card/<int:pk>/"
_CODE = "k/<slug:token>/"

urlpatterns = [
    path("k-cards/", k_cards.due, name="k-cards"),
    path("k-cards/<int:unit_id>/", k_cards.board, name="k-board"),
    path("k-cards/<int:unit_id>/put-up/", k_cards.put_up, name="k-put-up"),
    path("k-cards/<int:unit_id>/beside/", k_cards.beside, name="k-beside"),
    path(_CARD, k_cards.card, name="k-card"),
    path(_CARD + "take-away/", k_cards.take_away, name="k-take-away"),
    path(_CARD + "sheet/", k_cards.sheet, name="k-sheet"),
    path(_CODE, k_pull.pull, name="k-pull"),
    path(_CODE + "<uuid:uid>/", k_pull.turned, name="k-turned"),
    path(_CODE + "<uuid:uid>/issue/", k_pull.raise_issue, name="k-issue"),
    path("stat-sheets/<int:unit_id>/", stat_sheets.stat_sheets, name="stat-sheets"),
]
