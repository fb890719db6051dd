"""Words of questions in other languages: which of them still say what the question says."""

from collections.abc import Sequence
from dataclasses import replace

from rounding.rules.questions import Line, Words


def checked(before: Sequence[Line], lines: Sequence[Line]) -> list[Line]:
    """`lines`, each wording marked whose question says something else than in `before` while its own words there are
    the same, or that was marked there: `to_check` unless somebody said that it is still `right`.
    """
    return [_checked(before, line) for line in lines]


def settled(lines: Sequence[Line]) -> list[Line]:
    """`lines` as they are kept: what somebody found right is a wording like any other."""
    return [
        replace(line, others={code: replace(said, right=False) for code, said in line.others.items()}) for line in lines
    ]


def found_right(lines: Sequence[Line], code: str) -> list[Line]:
    """`lines` after somebody said that all words in the language `code` still say what the questions say."""
    return [
        replace(line, others={**line.others, code: replace(line.others[code], to_check=False, right=True)})
        if code in line.others and line.others[code].to_check
        else line
        for line in lines
    ]


def to_check_in(code: str, lines: Sequence[Line]) -> list[int]:
    """Places of questions whose words in the language `code` are to be checked before anybody is asked so."""
    return [place for place, line in enumerate(lines, start=1) if code in line.others and line.others[code].to_check]


def _checked(before: Sequence[Line], line: Line) -> Line:
    others = {
        code: replace(said, to_check=_left_behind(before, line, code, said)) for code, said in line.others.items()
    }
    return replace(line, others=others)


def _left_behind(before: Sequence[Line], line: Line, code: str, said: Words) -> bool:
    if said.right or not said.text:
        return False
    olds = _olds(before, line, code, said)
    return bool(olds) and all(_stays(old, line, old.others[code], said) for old in olds)


def _olds(before: Sequence[Line], line: Line, code: str, said: Words) -> list[Line]:
    """What may be the same question: those with the same words in this language, else with the same in their own."""
    known = [old for old in before if old.others.get(code, Words("")).text]
    same = [old for old in known if old.others[code].text == said.text]
    return same or [old for old in known if str(old.text) == str(line.text)]


def _stays(old: Line, line: Line, was: Words, said: Words) -> bool:
    """Whether some part says something else in the language of the set, but not in this one."""
    if was.to_check and (was.text, was.hint, was.choices) == (said.text, said.hint, said.choices):
        return True
    parts: tuple[tuple[object, object, object, object], ...] = (
        (str(old.text), str(line.text), was.text, said.text),
        (str(old.hint), str(line.hint), was.hint, said.hint),
        (tuple(map(str, old.choices)), tuple(map(str, line.choices)), was.choices, said.choices),
    )
    return any(source != now and then == same and same for source, now, then, same in parts)
