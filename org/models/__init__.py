"""People, units, memberships, calendars, the audit trail, the outbox and wall devices."""

from org.models.calendars import Calendar, CalendarHuddle, Holiday
from org.models.devices import DeviceBoard, WallDevice
from org.models.events import Event
from org.models.memberships import Membership
from org.models.messages import Message
from org.models.people import User
from org.models.units import Organisation, ReportingLine, Tier, TreeChange, Unit

__all__ = [
    "Calendar",
    "CalendarHuddle",
    "DeviceBoard",
    "Event",
    "Holiday",
    "Membership",
    "Message",
    "Organisation",
    "ReportingLine",
    "Tier",
    "TreeChange",
    "Unit",
    "User",
    "WallDevice",
]
