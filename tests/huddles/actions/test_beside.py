"""What hangs beside an issue: comments with names, attachments; telling by a page and by a code."""

from datetime import timedelta
from uuid import uuid4

import pytest

from huddles.actions import attachments, capture, comments
from huddles.actions.issues.raising import Details
from huddles.models import Attachment, CaptureCode, Comment, Confidant, Issue
from huddles.rules.issues import Size, Source, Status
from org.models import Event, Message
from org.rules import NotAllowed
from org.tokens import token_hash
from tests.factories import make_user
from tests.huddles.factories import MORNING, make_house, make_issue
from tests.huddles.phone import phone_picture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def write(issue, text, by, uid=None, mention=()):
    return comments.comment(issue=issue, text=text, uid=uid or uuid4(), by=by, at=MORNING, mention=mention)


def mentions():
    return sorted(Message.objects.filter(context__act="mention").values_list("recipient", flat=True))


def test_who_is_named_and_may_read_is_asked_once_and_without_a_word_of_it():
    house = make_house()
    issue, staff, line = make_issue(house), house.people["STAFF"], house.lead(house.line)
    uid = uuid4()
    text = f"@{line} and @{house.lead(house.other_ward)}, the red pump? @{staff}"
    for _twice in range(2):
        written = write(issue, text, staff, uid)
    assert Comment.objects.count() == 1
    assert mentions() == [line.email]
    assert list(written.mentioned.all()) == [line]
    message = Message.objects.get(context__act="mention")
    assert "red pump" not in str(message.context)
    assert "red pump" not in str(list(Event.objects.values_list("facts", "subject_label")))


def test_a_longer_name_is_not_taken_for_a_shorter_one():
    house = make_house()
    ann, anna = make_user(name="Ann Lee"), make_user(name="Ann Lee Miller")
    for person in (ann, anna):
        house.people["STAFF"].memberships.get().unit.memberships.create(
            user=person, role="staff", started_on="2025-01-01"
        )
    write(make_issue(house), "@Ann Lee Miller knows", house.people["STAFF"])
    assert mentions() == [anna.email]


def test_somebody_chosen_is_asked_only_where_they_may_read():
    house = make_house()
    issue, staff = make_issue(house), house.people["STAFF"]
    write(issue, "Who knows?", staff, mention=[house.lead(house.line), house.lead(house.other_ward)])
    assert mentions() == [house.lead(house.line).email]


def test_beside_a_confidential_issue_only_its_people_are_asked():
    house = make_house()
    trusted = make_user(name="Trusted")
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    issue = make_issue(house, by=house.people["STAFF"], confidential=True)
    write(issue, f"@{house.lead(house.ward)} @{house.lead(house.top)} @Trusted", house.people["STAFF"])
    assert mentions() == [trusted.email]


def test_own_words_are_taken_back_and_nobody_elses():
    house = make_house()
    written = write(make_issue(house), "Wrong", house.people["STAFF"])
    with pytest.raises(NotAllowed):
        comments.remove_comment(comment=written, by=house.lead(house.ward), at=MORNING)
    for _twice in range(2):
        comments.remove_comment(comment=written, by=house.people["STAFF"], at=MORNING)
    written.refresh_from_db()
    assert (written.text, written.removed_at) == ("", MORNING)
    assert Event.objects.filter(verb="issue.comment_removed").count() == 1


def test_an_attachment_sent_twice_hangs_there_once_and_goes_for_good():
    house = make_house()
    issue, lead, uid = make_issue(house), house.lead(house.ward), uuid4()
    for _twice in range(2):
        kept = attachments.attach(issue=issue, content=phone_picture(), name="a.jpg", uid=uid, by=lead, at=MORNING)
    assert Attachment.objects.count() == 1
    assert (kept.media_type, kept.size) == ("image/jpeg", len(kept.content))
    for _twice in range(2):
        attachments.remove_attachment(attachment=kept, by=lead, at=MORNING)
    assert Attachment.objects.count() == 0
    verbs = list(Event.objects.filter(verb__startswith="attachment").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["attachment.added", "attachment.removed"]


def test_an_issue_takes_so_many_files_and_no_more():
    house = make_house()
    issue = make_issue(house)
    for _number in range(attachments.MOST_OF_AN_ISSUE):
        attachments.attach(issue=issue, content=b"%PDF-", name="a", uid=uuid4(), by=None, at=MORNING)
    with pytest.raises(NotAllowed):
        attachments.attach(issue=issue, content=b"%PDF-", name="a", uid=uuid4(), by=None, at=MORNING)
    assert Attachment.objects.count() == attachments.MOST_OF_AN_ISSUE


def tell(house, **more):
    values = {"title": "IV pumps", "unit": house.ward, "client_id": uuid4(), "by": house.people["STAFF"], "at": MORNING}
    return capture.tell(**{**values, "details": Details(), **more})


def test_the_same_add_me_raises_and_joins_once():
    house = make_house()
    first, sent = make_issue(house), uuid4()
    for _twice in range(2):
        issue = tell(house, into=first, client_id=sent)
    assert (issue.status, issue.merged_into) == (Status.MERGED, first)
    assert Issue.objects.count() == 2


def test_what_cannot_be_joined_is_not_raised_either():
    house = make_house()
    first = make_issue(house)
    Issue.objects.filter(pk=first.pk).update(status=Status.PARKED)
    with pytest.raises(NotAllowed):
        tell(house, into=first)
    assert Issue.objects.count() == 1


def test_done_on_the_spot_is_closed_with_the_word_of_who_tells_it():
    house = make_house()
    issue = tell(house, details=Details(size=Size.ON_THE_SPOT, tried="Changed the roll"))
    assert (issue.status, issue.size, issue.tell_staff) == (Status.CONFIRMED, Size.ON_THE_SPOT, "Changed the roll")


def test_a_refused_picture_leaves_no_issue_behind():
    house = make_house()
    with pytest.raises(NotAllowed):
        tell(house, picture=(b"no picture", "a.jpg"))
    assert Issue.objects.count() == 0


def test_an_identifier_of_somebody_elses_issue_opens_nothing():
    house = make_house()
    theirs = make_issue(house)
    code = capture.make_code(unit=house.ward, by=house.lead(house.ward), at=MORNING)
    with pytest.raises(NotAllowed):
        tell(house, client_id=theirs.client_id, picture=(phone_picture(), "a.jpg"))
    with pytest.raises(NotAllowed):
        capture.tell_by_code(title="x", code=code, client_id=theirs.client_id, at=MORNING, details=Details())
    assert Attachment.objects.count() == 0


def test_a_code_is_one_of_a_unit_renewed_and_ended():
    house = make_house()
    lead = house.lead(house.ward)
    first = capture.make_code(unit=house.ward, by=lead, at=MORNING)
    second = capture.make_code(unit=house.ward, by=lead, at=MORNING + HOUR)
    assert first.token != second.token
    assert list(CaptureCode.objects.filter(ended_at__isnull=True)) == [second]
    for _twice in range(2):
        capture.end_code(unit=house.ward, by=lead, at=MORNING + 2 * HOUR)
    verbs = list(Event.objects.filter(verb__startswith="capture").order_by("pk").values_list("verb", flat=True))
    assert verbs == [f"capture_code.{verb}" for verb in ("made", "ended", "made", "ended")]
    assert second.token not in str(list(Event.objects.values()))


def test_by_a_code_an_issue_comes_without_a_person_and_twice_gives_one_link():
    """Domain 3.5, check 20: somebody without e-mail raises an issue and learns the answer."""
    house = make_house()
    code, sent = capture.make_code(unit=house.ward, by=house.lead(house.ward), at=MORNING), uuid4()
    values = {"title": "No chairs", "code": code, "client_id": sent, "at": MORNING, "details": Details()}
    picture = (phone_picture(), "a.jpg")
    made = {capture.tell_by_code(**values, picture=picture) for _twice in range(2)}
    ((issue, token),) = made
    assert (issue.source, issue.raised_by, issue.origin) == (Source.CODE, None, house.ward)
    assert issue.follow_hash == token_hash(token)
    assert token not in str(Issue.objects.values().get())
    assert issue.attachments.count() == 1
