"""One issue: its page, and everything that can be done with it there."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from huddles.forms.issues import AttachmentForm, CommentForm
from huddles.models import Issue
from huddles.queries import issues_people, similar
from huddles.queries.issues_allowed import allowed_acts, may_comment
from huddles.queries.issues_card import found_issue, issue_card
from huddles.queries.issues_history import happened_since
from huddles.queries.issues_words import status_word
from huddles.queries.terms import terms_of
from huddles.rules.issues import IN_WORK, LOOKS, Act, ChoiceKind
from huddles.views.issue_acts import BY_HAND, Doing, Done, do
from huddles.views.issue_forms import Desk, offers, words_of
from org import access, live
from org.forms.plain import PlainForm
from org.rules import NotAllowed
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn

UNPROCESSABLE: Final = 422
#: Digits of an identifier that nobody has.
_LONG: Final = 12


def issue_of(request: "SignedIn", pk: int) -> Issue:
    """The issue with all that its page needs, when this person may see it; 404 otherwise."""
    issue = found_issue(request.user, pk)
    if issue is None:
        raise Http404
    look_at(request, issue.organisation_id)
    return issue


@require_GET
def issue(request: "SignedIn", pk: int) -> HttpResponse:
    """The page of an issue; `?act=` opens a form."""
    found = issue_of(request, pk)
    wanted = request.GET.get("act", "")
    return answer_page(request, found, timezone.now(), wanted=Act(wanted) if wanted in Act.values else None)


@require_GET
def issue_live(request: "SignedIn", pk: int) -> JsonResponse:
    """A fresh address to listen to, for a page whose token has run out."""
    return JsonResponse({"url": live_url(request, issue_of(request, pk), timezone.now())})


def live_url(request: "SignedIn", found: Issue, now: datetime) -> str:
    """Where the page listens: the units concerned whose boards the person may open. "" where there are none."""
    near = [found.place, found.origin, *([found.merged_into.place] if found.merged_into else [])]
    topics = {live.unit_topic(unit.pk) for unit in near if access.sees(request.user, unit.path)}
    return live.live_url(topics, live.person(request.user.pk), at=now) if topics else ""


@require_POST
def issue_act(request: "SignedIn", pk: int, act: str) -> HttpResponse:
    """Do something with an issue. What the form or the action refuses is told where it was typed."""
    now = timezone.now()
    found = issue_of(request, pk)
    if act not in BY_HAND:
        raise Http404
    wanted = Act(act)
    if wanted not in allowed_acts(found, request.user):
        return _not_now(request, found, wanted, now)
    form = Desk(found, terms_of(found.place, found.urgency, now), now).form(wanted, request.POST)
    if form.is_valid():
        try:
            done = do(wanted, Doing(found, form.cleaned_data, request.user, now))
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            sent = request.POST.copy()
            sent[f"{act}-revision"] = str(found.revision)  # what the page tells now is known when it is sent again
            form.data = sent
        else:
            return after_act(request, done, now)
    return answer_page(request, found, now, failed=form, wanted=wanted)


def _not_now(request: "SignedIn", found: Issue, act: Act, now: datetime) -> HttpResponse:
    """403 for whom it never is; for others somebody was faster: the page as it stands now, with what happened and the
    words that were not stored.
    """
    sent = request.POST.get("seen", "")
    meanwhile = happened_since(found, int(sent), now) if sent.isascii() and sent.isdigit() and len(sent) < _LONG else ()
    if not allowed_acts(found, request.user) and not meanwhile:
        raise PermissionDenied(_("Your role does not include this here."))
    form = PlainForm(request.POST)
    form.full_clean()
    told = _("What you sent was not stored: this issue is “%(status)s” now.") % {"status": status_word(found)}
    form.add_error(None, told)
    lost = words_of(act, request.POST)
    return answer_page(request, found, now, failed=form, wanted=act, more={"meanwhile": meanwhile, "lost": lost})


def after_act(request: "SignedIn", done: Done, now: datetime) -> HttpResponse:
    """The card as it looks now for htmx, the page otherwise; the list where the issue is out of sight."""
    found = found_issue(request.user, done.issue.pk)
    if found is None:
        messages.success(request, done.sentence)
        back = reverse("huddles:issues")
        return HttpResponseClientRedirect(back) if request.htmx else HttpResponseRedirect(back)
    if request.htmx:
        response = answer_page(request, found, now, toast=done)
        response.headers["HX-Replace-Url"] = reverse("huddles:issue", args=[found.pk])  # the form is closed again
        return response
    messages.success(request, done.sentence)
    return redirect("huddles:issue", found.pk)


def answer_page(
    request: "SignedIn",
    found: Issue,
    now: datetime,
    *,
    failed: PlainForm | None = None,
    wanted: Act | None = None,
    toast: Done | None = None,
    comment: CommentForm | None = None,
    attach: AttachmentForm | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of an issue, or its card for htmx; 422 where one of the forms has errors."""
    bad = any(form is not None and form.errors for form in (failed, comment, attach))
    context = page_context(request, found, now, failed=failed, wanted=wanted, comment=comment, attach=attach)
    context |= more or {}
    _point(failed or comment or attach)
    if toast is not None:
        undo = toast.undo if toast.undo and toast.undo.act in allowed_acts(found, request.user) else None
        context |= {"toast": toast.sentence, "undo": undo}
    template = "issues/issue.html#card" if request.htmx else "issues/issue.html"
    response = TemplateResponse(request, template, context, status=UNPROCESSABLE if bad else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _point(form: PlainForm | None) -> None:
    """Let the cursor stand in the first field that is wrong, also without a script."""
    wrong = next((field for field in form if field.errors), None) if form is not None else None
    if wrong is not None:
        wrong.field.widget.attrs["autofocus"] = True


def page_context(
    request: "SignedIn",
    found: Issue,
    now: datetime,
    *,
    failed: PlainForm | None,
    wanted: Act | None,
    comment: CommentForm | None,
    attach: AttachmentForm | None,
) -> dict[str, Any]:
    """Everything that the page of an issue shows."""
    terms = terms_of(found.place, found.urgency, now)
    desk = Desk(found, terms, now)
    allowed = allowed_acts(found, request.user)
    next_steps, more = offers(desk, allowed, failed=failed, wanted=wanted)
    shown = {offer.act for offer in (*next_steps, *more)} | (LOOKS & allowed)
    return {
        "card": issue_card(found, request.user, now, terms.zone),
        "next_steps": next_steps,
        "more": more,
        "more_open": any(offer.open for offer in more),
        "refused": failed if failed is not None and wanted not in shown else None,
        "criteria": desk.choices(ChoiceKind.CRITERION) if Act.ESCALATE in shown else (),
        "suggestions": similar.similar_open(found, request.user, now) if found.status in IN_WORK else (),
        "may_merge": Act.MERGE in shown,
        "past": similar.similar_answered(found, request.user, now, terms.zone),
        "live_url": live_url(request, found, now),
        **_looks(desk, allowed, failed, wanted),
        **_beside(request, found, comment, attach),
    }


def _looks(desk: Desk, allowed: frozenset[Act], failed: PlainForm | None, wanted: Act | None) -> dict[str, Any]:
    """The forms of the days on which a big issue is looked at; one with errors stands open, as it was sent."""
    if Act.CHECK_ADD not in allowed:
        return {"may_plan": False}
    look: dict[str, Any] = {}
    if wanted in LOOKS:
        named = failed.data.get(f"{wanted}-check_in", "") if failed is not None else ""
        look = {"act": wanted, "form": failed, "pk": int(named) if named.isdecimal() else 0}
    plans = failed is not None and wanted == Act.CHECK_ADD
    return {"may_plan": True, "look": look, "plan_form": failed if plans else desk.form(Act.CHECK_ADD)}


def _beside(
    request: "SignedIn", found: Issue, comment: CommentForm | None, attach: AttachmentForm | None
) -> dict[str, Any]:
    """Comments and attachments: the forms, for whoever may write."""
    if not may_comment(found, request.user):
        return {"may_comment": False}
    readers = issues_people.readers(found)
    form = comment or CommentForm(initial={"uid": uuid4()}, prefix="comment")
    form.fields["mention"].queryset = readers.exclude(pk=request.user.pk)[: issues_people.MOST]  # type: ignore[attr-defined]
    return {
        "may_comment": True,
        "comment_form": form,
        "attach_form": attach or AttachmentForm(initial={"uid": uuid4()}, prefix="attach"),
    }
