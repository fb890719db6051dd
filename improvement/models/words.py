"""What was said in all the parts of a ticket, for the search over everything that was ever tried."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from improvement.models.tickets import Ticket


class TicketWords(models.Model):
    """The words of a ticket, of its paper and of its cycles, as an index holds them. It shows nothing by itself."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="words")
    vector = SearchVectorField()

    class Meta:
        verbose_name = _("words of a ticket")
        verbose_name_plural = _("words of tickets")
        indexes = (GinIndex(fields=("vector",), name="ticket_words_vector"),)

    def __str__(self) -> str:
        return f"{self.ticket_id}"
