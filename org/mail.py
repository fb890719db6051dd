"""A message of the outbox as an e-mail, in the language of whoever gets it."""

import smtplib
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation

from org import links
from org.models import Message, User

#: Templates whose link is made when the message is sent, so that no row ever holds it.
LINKS: Final = {"invitation": links.INVITATION, "password": links.PASSWORD}


def send(message: Message, at: datetime) -> str:
    """Send one message. Gives "" when it left, else a short code of what was wrong, without addresses or text."""
    if message.channel != "email":
        return "unknown channel"
    context = dict(message.context)
    with translation.override(message.language or settings.LANGUAGE_CODE):
        if message.template in LINKS:
            user = User.objects.filter(pk=context.get("user_id", 0), is_active=True).first()
            if user is None:
                return "person gone"
            context["link"] = f"{settings.SITE_URL}/welcome/{links.token(user, LINKS[message.template], at)}/"
        try:
            text = render_to_string(f"messages/{message.template}.txt", context | {"site": settings.SITE_URL})
        except TemplateDoesNotExist:
            return "unknown template"
    subject, _, body = text.strip().partition("\n")
    try:
        EmailMessage(subject=subject.strip(), body=body.strip() + "\n", to=[message.recipient]).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return type(error).__name__
    return ""
