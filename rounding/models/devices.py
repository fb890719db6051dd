"""What a person needs to open what their devices keep."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeviceKey(models.Model):
    """The key under which devices of a person keep rounds until they are sent. Given to nobody else, after sign-in."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="device_key")
    key = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("key of a person's devices")
        verbose_name_plural = _("keys of persons' devices")

    def __str__(self) -> str:
        return f"Key of {self.person_id}"
