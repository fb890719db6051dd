"""A comment of one's own on a round: corrected for a while, or taken back."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from org.rules import NotAllowed
from rounding.actions import comments
from rounding.models import RoundComment
from rounding.views.reading import UNPROCESSABLE, back_to, found_round, round_page

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_POST
def own(request: "SignedIn", pk: int) -> HttpResponse:
    """Say it in other words, or take it back (`do`); 404 for what somebody else said."""
    said = RoundComment.objects.visible_to(request.user).filter(by=request.user).select_related("observation")
    found = get_object_or_404(said, pk=pk)
    of_round = found_round(request, found.round_id)
    found.round = of_round
    now, text = timezone.now(), request.POST.get("text", "")
    if request.POST.get("do") == "take-back":
        comments.take_back(comment=found, by=request.user, at=now)
        return back_to(of_round, found.observation)
    try:
        comments.correct(comment=found, text=text, by=request.user, at=now)
    except NotAllowed as refusal:
        return round_page(
            request, of_round, UNPROCESSABLE, refusal=str(refusal), at=found.pk, of="own-comment", typed=text
        )
    return back_to(of_round, found.observation)
