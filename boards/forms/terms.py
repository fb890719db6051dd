"""The form of the hospital's own words: a field for every key, in one language."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import override

from boards import terms
from org.forms.plain import PlainForm


class TermsForm(PlainForm):
    """What is typed for each key; empty is as shipped."""

    def __init__(self, *args: Any, language: str, called: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, word in terms.WORDS.items():
            with override(language):
                shipped = str(word.text)
            self.fields[key] = forms.CharField(
                label=shipped,
                required=False,
                max_length=terms.LONGEST,
                initial=called.get(key, ""),
                help_text=word.about,
                widget=forms.TextInput(attrs={"placeholder": shipped, "lang": language, "autocomplete": "off"}),
            )
