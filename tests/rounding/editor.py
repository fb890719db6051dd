"""Somebody at the page of a question set, without scripts."""

import re
from html import unescape

from rounding.models import QuestionSet
from rounding.rules.questions import AnswerKind, Line

LIST = Line(AnswerKind.CHOICE, "How long until someone comes?", choices=("At once", "A few minutes", "Too long"))
#: It hangs on the last answer of `LIST`, which stands first.
WHY = Line(AnswerKind.TEXT, "What kept them?", after=1, after_value="2")


def text(response) -> str:
    return unescape(response.content.decode())


def fields(response) -> dict[str, str]:
    """What the form of the page would send, without its buttons."""
    page = response.content.decode()
    form = page[page.index("<form", page.index('id="lines"') - 6 if 'id="lines"' in page else page.index("<main")) :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if 'type="checkbox"' not in tag:
            found[name[1]] = unescape(value[1]) if value else ""
        elif " checked" in tag:
            found[name[1]] = unescape(value[1]) if value else "on"
    for name, value in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return {name: value for name, value in found.items() if name not in {"csrfmiddlewaretoken", "new-language"}}


class Editor:
    """Somebody at the page of a set: what is typed goes along from answer to answer."""

    def __init__(self, client, page):
        self.client, self.page = client, page
        self.answer = client.get(page)
        self.typed = fields(self.answer)

    def press(self, do, **typed):
        self.answer = self.client.post(self.page, {**self.typed, **typed, "do": do})
        if self.answer.status_code != 302:
            self.typed = fields(self.answer)
        return self.answer

    def texts(self):
        return [self.typed[f"text-{n}"] for n in range(sum(name.startswith("kind-") for name in self.typed))]

    def told(self):
        return re.findall(r'<p class="notice warn" role="alert">(.*?)</p>', text(self.answer))


def newest(version):
    return QuestionSet.objects.get(pk=version.question_set_id).versions.order_by("-number").first()
