"""The form of an equity check: it reads what was typed. What is allowed the action says."""

from typing import Any

from django.utils.translation import gettext_lazy

from improvement.actions.equity_checks import Answers
from improvement.forms.cycles import long_text
from improvement.models import EquityCheck
from improvement.models.equity_checks import ANSWER
from org.forms.plain import PlainForm

_lazy = gettext_lazy


class CheckForm(PlainForm):
    """Who gains, and who may lose: four answers, each of which has to be there."""

    groups = long_text(
        _lazy("Which groups of patients were thought of?"), _lazy("By language, race, age, payer, place …"), most=ANSWER
    )
    split = long_text(_lazy("How are the data looked at by group?"), most=ANSWER)
    gains = long_text(_lazy("Who gains?"), most=ANSWER)
    loses = long_text(
        _lazy("Who may be worse off, and what is done about it?"),
        _lazy("“Nobody” is an answer, once it was asked."),
        most=ANSWER,
    )

    def __init__(self, *args: Any, check: EquityCheck | None, **kwargs: Any) -> None:
        said = {name: getattr(check, name) for name in Answers.__dataclass_fields__} if check else {}
        super().__init__(*args, **{"initial": said, "prefix": "equity", **kwargs})

    def answers(self) -> Answers:
        """What was typed."""
        return Answers(**{name: self.cleaned_data[name] for name in Answers.__dataclass_fields__})
