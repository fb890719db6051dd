"""Inviting people, giving and ending roles, passwords."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from org import audit, live, outbox
from org.models import Membership, Organisation, Unit, User
from org.rules import NotAllowed, Role


@transaction.atomic
def invite_person(
    *, email: str, name: str, unit: Unit, role: Role, language: str, today: date, by: User | None, at: datetime
) -> Membership:
    """Give somebody a role at `unit`; who is new gets a link by e-mail to choose a password.

    Raises NotAllowed where they hold the role already or may not sign in.
    """
    email = email.strip()
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name, language=language)
        audit.record(
            "person.invited", subject=user, by=by, at=at, organisation_id=unit.organisation_id, unit_id=unit.pk
        )
        _queue_link("invitation", user, unit.organisation, at)
    elif not user.is_active:
        raise NotAllowed(_("This person may not sign in at present: let them in again first."))
    return give_role(user=user, unit=unit, role=role, today=today, by=by, at=at)


@transaction.atomic
def send_invitation_again(*, user: User, organisation: Organisation, by: User | None, at: datetime) -> None:
    """Send the link once more. Raises NotAllowed for somebody who has chosen a password already."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.has_usable_password():
        raise NotAllowed(_("This person has chosen a password already."))
    _queue_link("invitation", user, organisation, at)
    audit.record("person.invited", subject=user, by=by, at=at, organisation_id=organisation.pk)


@transaction.atomic
def request_password_link(*, email: str, at: datetime) -> None:
    """Send a link to choose a new password, where the address is somebody's who may sign in; else do nothing."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is not None:
        membership = Membership.objects.current().filter(user=user).select_related("unit__organisation").first()
        _queue_link("password", user, membership.unit.organisation if membership else None, at)


@transaction.atomic
def choose_password(*, user: User, password: str, at: datetime) -> User:
    """Set a checked password and end every other session and link of the person."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    live.publish_close(live.person(user.pk), at=at)
    audit.record("person.password_chosen", subject=user, by=user, at=at, organisation_id=organisation_id_of(user))
    return user


@transaction.atomic
def edit_me(*, user: User, name: str, language: str, at: datetime) -> User:
    """Change one's own name and language."""
    user = User.objects.select_for_update().get(pk=user.pk)
    fields = [f for f, value in (("name", name), ("language", language)) if getattr(user, f) != value]
    if fields:
        user.name, user.language = name, language
        user.save(update_fields=fields)
        facts = {"fields": " ".join(fields)}
        audit.record(
            "person.changed", subject=user, by=user, at=at, organisation_id=organisation_id_of(user), facts=facts
        )
    return user


@transaction.atomic
def give_role(
    *,
    user: User,
    unit: Unit,
    role: Role,
    today: date,
    by: User | None,
    at: datetime,
    stands_in_for: Membership | None = None,
) -> Membership:
    """Give `user` a role at `unit`, as a stand-in or for themselves. Raises NotAllowed where they hold it already."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if unit.closed_on is not None:
        raise NotAllowed(_("%(unit)s is closed.") % {"unit": unit})
    if stands_in_for is not None:
        if stands_in_for.user_id == user.pk:
            raise NotAllowed(_("Nobody stands in for themselves."))
        if (stands_in_for.unit_id, stands_in_for.role) != (unit.pk, role) or stands_in_for.ended_on is not None:
            raise NotAllowed(_("A stand-in holds the same role at the same unit as the person for whom they stand in."))
    if Membership.objects.current().filter(user=user, unit=unit, role=role).exists():
        raise NotAllowed(
            _("%(person)s already holds this role at %(unit)s.") % {"person": user.name or user.email, "unit": unit}
        )
    membership = Membership.objects.create(
        user=user, unit=unit, role=role, started_on=today, stands_in_for=stands_in_for
    )
    audit.record(
        "membership.started",
        subject=membership,
        label=str(user),
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"role": role, "user": user.pk, "stands_in_for": stands_in_for.pk if stands_in_for else None},
    )
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, today: date, by: User | None, at: datetime) -> Membership:
    """End a role, and with it those of its stand-ins. Raises NotAllowed for the organisation's last administrator."""
    Organisation.objects.select_for_update().get(units__memberships=membership.pk)
    membership = Membership.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=membership.pk)
    if membership.ended_on is not None:
        return membership
    _keep_an_administrator(membership)
    for ending in [membership, *membership.stand_ins.filter(ended_on__isnull=True).select_related("unit", "user")]:
        ending.ended_on = max(today, ending.started_on)
        ending.save(update_fields=["ended_on"])
        live.publish_close(live.person(ending.user_id), at=at)
        audit.record(
            "membership.ended",
            subject=ending,
            label=str(ending.user),
            by=by,
            at=at,
            organisation_id=ending.unit.organisation_id,
            unit_id=ending.unit_id,
            facts={"role": ending.role, "user": ending.user_id},
        )
    return membership


@transaction.atomic
def deactivate_person(*, user: User, organisation: Organisation, by: User | None, at: datetime) -> User:
    """Let somebody sign in no more, at once. Their roles and their history stay."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and by.pk == user.pk:
        raise NotAllowed(_("Somebody else has to do this for you."))
    if not user.is_active:
        return user
    for membership in Membership.objects.current().filter(user=user).select_related("unit"):
        _keep_an_administrator(membership)
    user.is_active = False
    user.save(update_fields=["is_active"])
    live.publish_close(live.person(user.pk), at=at)
    audit.record("person.deactivated", subject=user, by=by, at=at, organisation_id=organisation.pk)
    return user


@transaction.atomic
def reactivate_person(*, user: User, organisation: Organisation, by: User | None, at: datetime) -> User:
    """Let somebody sign in again, with the roles that they hold."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record("person.reactivated", subject=user, by=by, at=at, organisation_id=organisation.pk)
    return user


@transaction.atomic
def note_sign_in(*, user: User, at: datetime) -> None:
    """Write into the audit trail that somebody signed in."""
    audit.record("person.signed_in", subject=user, by=user, at=at, organisation_id=organisation_id_of(user))


@transaction.atomic
def note_sign_out(*, user: User, at: datetime) -> None:
    """Write that somebody signed out, and end the streams of their open boards."""
    live.publish_close(live.person(user.pk), at=at)
    audit.record("person.signed_out", subject=user, by=user, at=at, organisation_id=organisation_id_of(user))


def organisation_id_of(user: User) -> int | None:
    """The organisation of the person's oldest current role."""
    roles = Membership.objects.current().filter(user=user).order_by("pk")
    return roles.values_list("unit__organisation_id", flat=True).first()


def _keep_an_administrator(membership: Membership) -> None:
    if membership.role != Role.ADMINISTRATOR or membership.unit.parent_id is not None:
        return
    others = Membership.objects.current().filter(unit=membership.unit, role=Role.ADMINISTRATOR, user__is_active=True)
    if not others.exclude(user=membership.user_id).exists():
        raise NotAllowed(_("An organization needs an administrator: give somebody else this role first."))


def _queue_link(template: str, user: User, organisation: Organisation | None, at: datetime) -> None:
    """Queue a link. The message names the person only; the link itself is made when it is sent and stored nowhere."""
    outbox.queue(
        template=template,
        recipient=user.email,
        dedup_key=f"{template}:{user.pk}:{at:%Y%m%d%H%M}",
        at=at,
        context={"user_id": user.pk, "organisation": organisation.name if organisation else "huddleboard"},
        organisation_id=organisation.pk if organisation else None,
        language=user.language or (organisation.language if organisation else "en"),
    )
