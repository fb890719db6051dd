"""Invented people of the demo hospital, and the logins with which anybody may look around in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.auth.hashers import make_password

from huddleboard.demo.places import Place
from org.models import Membership, Unit, User
from org.rules import Role

#: No secret: it opens invented data only. `manage.py demo_logins` prints it.
PASSWORD: Final = "harbor-valley-demo"  # noqa: S105 - public on purpose
DOMAIN: Final = "harborvalley.example"

_FIRST: Final = (  # noqa: SIM905 - one line of names reads better than forty
    "Amara Benjamin Carmen Dmitri Elena Farid Grace Hiroshi Imani Jonas Keisha Luis Mei Nadia Omar Priya Quentin Rosa "
    "Samuel Teresa Usha Victor Wanda Xavier Yolanda Zeke Aisha Bruno Claire Dao Esteban Fatima Gabriel Hannah Isaac "
    "Jasmine Kofi Leila Marcus Noor"
).split()
_LAST: Final = (  # noqa: SIM905
    "Abernathy Bautista Castellanos Delacroix Eriksen Fontaine Guerrero Hargrove Iwasaki Jankowski Kowalczyk Lindqvist "
    "Mbeki Nakamura Okonkwo Petrov Quigley Ramaswamy Santangelo Thibodeaux Underhill Villanueva Whitfield Xiong "
    "Yarborough Zielinski Ashgrove Birchwood Cobblestone Dunmore Everhart"
).split()


@dataclass(frozen=True, slots=True)
class Login:
    """An account to look around with: what it shows, and where its role is held."""

    local: str
    role: Role
    place: str


LOGINS: Final = (
    Login("staff", Role.STAFF, "5W"),
    Login("lead", Role.UNIT_LEAD, "ED"),
    Login("manager", Role.MANAGER, "ECC"),
    Login("executive", Role.EXECUTIVE, "HVH"),
    Login("equity", Role.EQUITY_OFFICER, "HVH"),
    Login("coach", Role.COACH, "HVH"),
    Login("data", Role.DATA_STEWARD, "HVH"),
    Login("admin", Role.ADMINISTRATOR, "HVH"),
    Login("workforce", Role.WORKFORCE, "HVH"),
)

#: Seats of the executive team besides the equity officer, the coach and the two who keep data and house in order.
_EXECUTIVES: Final = ("ceo", "cno", "cmo", "coo", "cqo")


def domain_of(slug: str) -> str:
    """The mail domain of a demo organisation; `.example` never leads anywhere (RFC 2606)."""
    return DOMAIN if slug == "harbor-valley" else f"{slug}.{DOMAIN}"


def _names() -> Iterator[tuple[str, str]]:
    """First and last names, none twice: 40 × 31 pairs, steps without a common divisor."""
    for i in range(len(_FIRST) * len(_LAST)):
        yield _FIRST[i % len(_FIRST)], _LAST[i % len(_LAST)]


@dataclass(frozen=True, slots=True)
class _Seat:
    place: str
    role: Role
    login: str = ""
    stand_in: bool = False


def _seats(places: Sequence[Place]) -> list[_Seat]:
    have = {p.code for p in places}
    top = next(p.code for p in places if not p.parent)
    lowest = {p.code for p in places if p.tier == 1}
    logins = [_Seat(p.place if p.place in have else _instead(p.role, places, top), p.role, p.local) for p in LOGINS]
    seats = [seat for seat in logins if seat.role != Role.WORKFORCE]
    held = {(s.place, s.role) for s in seats}
    for place in places:
        if place.code in lowest:
            if (place.code, Role.UNIT_LEAD) not in held:
                seats.append(_Seat(place.code, Role.UNIT_LEAD))
            seats += [_Seat(place.code, Role.UNIT_LEAD, stand_in=True), *[_Seat(place.code, Role.STAFF)] * 2]
        elif place.code != top and (place.code, Role.MANAGER) not in held:
            seats.append(_Seat(place.code, Role.MANAGER))
    readers = [seat for seat in logins if seat.role == Role.WORKFORCE]
    return [*seats, *[_Seat(top, Role.EXECUTIVE)] * (len(_EXECUTIVES) - 1), *readers]


def _instead(role: Role, places: Sequence[Place], top: str) -> str:
    """A place for a login whose own is not in this house."""
    if role == Role.MANAGER:
        return next(p.code for p in places if p.code != top and p.tier > 1)
    return next(p.code for p in places if p.tier == 1)


def make_people(
    slug: str, places: Sequence[Place], units: Mapping[str, Unit], since: date, password: str | None = PASSWORD
) -> dict[str, User]:
    """People for every seat; returns the lead of each unit by code. Only the logins have a password.

    The same hash serves all logins: the password is public, and hashing it for each would only take time.
    """
    domain = domain_of(slug)
    hashed = make_password(password)
    names = _names()
    seats = _seats(places)
    people = []
    for seat in seats:
        first, last = next(names)
        local = seat.login or f"{first}.{last}".lower()
        people.append(
            User(
                email=f"{local}@{domain}",
                name=f"{first} {last}",
                password=hashed if seat.login else make_password(None),
                language="",
            )
        )
    User.objects.bulk_create(people)
    memberships = [
        Membership(user=user, unit=units[seat.place], role=seat.role, started_on=since)
        for seat, user in zip(seats, people, strict=True)
    ]
    first_of = {
        seat.place: m
        for seat, m in reversed(list(zip(seats, memberships, strict=True)))
        if seat.role == Role.UNIT_LEAD and not seat.stand_in
    }
    main = [m for seat, m in zip(seats, memberships, strict=True) if not seat.stand_in]
    Membership.objects.bulk_create(main)
    stand_ins = []
    for seat, membership in zip(seats, memberships, strict=True):
        if seat.stand_in:
            membership.stands_in_for = first_of[seat.place]
            stand_ins.append(membership)
    Membership.objects.bulk_create(stand_ins)
    return {code: membership.user for code, membership in first_of.items()}
