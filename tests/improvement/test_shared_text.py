"""Texts that several people write at once: whatever comes in whatever order, all end with the same words."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from improvement import shared_text
from improvement.shared_changes import BadChange, reach_of, vector_of

NAMES = ("background", "goal")
SIGNS = st.text(alphabet="abñé😀👩‍⚕️\n ,.¿", max_size=12)


class Writer:
    """A page that somebody writes on: it keeps its changes until they are sent."""

    def __init__(self, state=shared_text.EMPTY):
        self.document = Doc()
        self.document.apply_update(state)
        self.changes = []

    def text(self, name=NAMES[0]):
        return self.document.get(name, type=Text)

    def write(self, name, where, come="", gone=0):
        """Let `gone` signs go at the share `where` of a text, and `come` stand there."""
        text, before = self.text(name), self.document.get_state()
        signs = str(text)
        at = round(where * len(signs))
        start, end = (len(signs[:place].encode()) for place in (at, at + gone))
        with self.document.transaction():
            if end > start:
                del text[start:end]
            if come:
                text.insert(start, come)
        self.changes.append(self.document.get_update(before))

    def hear(self, change):
        self.document.apply_update(change)

    def says(self):
        return {name: str(self.text(name)) for name in NAMES}


EDIT = st.tuples(
    st.integers(0, 2), st.sampled_from(NAMES), st.floats(0, 1), SIGNS, st.integers(0, 5), st.integers(0, 2)
)


def written(edits, start="Begun – empezó 😀\n"):
    """Three writers after these edits; now and then one hears what another has written."""
    state = shared_text.rewritten(shared_text.EMPTY, {NAMES[0]: start})
    writers = [Writer(state) for _ in range(3)]
    for who, name, where, come, gone, hears in edits:
        writers[who].write(name, where, come, gone)
        if hears != who:
            writers[hears].hear(writers[who].document.get_update())
    return state, writers


@given(st.lists(EDIT, max_size=14), st.randoms(use_true_random=False))
def test_in_any_order_and_twice_all_end_with_the_same_words(edits, chance):
    state, writers = written(edits)
    changes = [change for writer in writers for change in writer.changes]
    states = []
    for _server in range(2):
        sent = changes + chance.choices(changes, k=len(changes) // 2) if changes else []
        chance.shuffle(sent)
        found = state
        for change in sent:
            found = shared_text.merged(found, change)
        states.append(found)
    for writer in writers:
        for change in changes:
            writer.hear(change)
        for other in writers:
            writer.hear(other.document.get_update())
    said = writers[0].says()
    assert [writer.says() for writer in writers] == [said] * 3
    assert [shared_text.texts_of(found, NAMES) for found in states] == [said] * 2


@given(st.lists(EDIT, max_size=14))
def test_page_and_server_tell_each_other_only_what_is_missing(edits):
    server, writers = written(edits)
    for _round in range(2):
        for writer in writers:
            known = writer.document.get_state()
            for change in writer.changes:
                server = shared_text.merged(server, change)
            writer.hear(shared_text.missing(server, known))
    said = shared_text.texts_of(server, NAMES)
    assert [writer.says() for writer in writers] == [said] * 3
    assert Writer(shared_text.missing(server, b"")).says() == said


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=15), st.randoms())
def test_no_word_that_nobody_took_away_is_lost(places, chance):
    words = [f"<{number}>" for number in range(len(places))]
    writers = [Writer() for _ in range(3)]
    for word, (who, where) in zip(words, places, strict=True):
        writers[who].write(NAMES[0], where, word)
    changes = [change for writer in writers for change in writer.changes]
    chance.shuffle(changes)
    state = shared_text.EMPTY
    for change in changes:
        state = shared_text.merged(state, change)
    found = shared_text.texts_of(state, NAMES)[NAMES[0]]
    assert Counter(found) == Counter("".join(words))


def test_what_leans_on_words_that_come_later_waits_for_them():
    writer = Writer()
    for word in ("one ", "two ", "three"):
        writer.write(NAMES[0], 1, word)
    first, second, third = writer.changes
    taker = Writer(writer.document.get_update())
    taker.write(NAMES[0], 0, gone=4)
    state = shared_text.EMPTY
    for change, said in ((third, ""), (taker.changes[0], ""), (first, ""), (second, "two three")):
        state = shared_text.merged(state, change)
        assert shared_text.texts_of(state, NAMES)[NAMES[0]] == said
    assert state == shared_text.merged(shared_text.EMPTY, state), "nothing waits any more"


def test_what_waits_is_not_lost_when_an_earlier_version_comes_back():
    writer = Writer()
    for word in ("one ", "two"):
        writer.write(NAMES[0], 1, word)
    state = shared_text.merged(shared_text.EMPTY, writer.changes[1])
    state = shared_text.rewritten(state, {NAMES[1]: "A goal"})
    state = shared_text.merged(state, writer.changes[0])
    assert shared_text.texts_of(state, NAMES) == {"background": "one two", "goal": "A goal"}


@given(st.lists(EDIT, min_size=1, max_size=10))
def test_the_same_change_again_changes_no_byte(edits):
    state, writers = written(edits)
    changes = [change for writer in writers for change in writer.changes]
    for change in changes:
        state = shared_text.merged(state, change)
    for change in (*changes, state, shared_text.EMPTY):
        assert shared_text.merged(state, change) == state


@given(SIGNS, SIGNS, SIGNS)
def test_a_text_is_rewritten_exactly_and_others_keep_their_words(old, new, other):
    state = shared_text.rewritten(shared_text.EMPTY, {NAMES[0]: old, NAMES[1]: other})
    after = shared_text.rewritten(state, {NAMES[0]: new})
    assert shared_text.texts_of(after, NAMES) == {NAMES[0]: new, NAMES[1]: other}
    meanwhile = Writer(state)
    meanwhile.write(NAMES[0], 1, "[mine]")
    found = shared_text.texts_of(shared_text.merged(after, meanwhile.changes[0]), NAMES)[NAMES[0]]
    assert found.replace("[mine]", "", 1) == new
    assert "[mine]" in found


def test_only_what_differs_is_rewritten():
    state = shared_text.rewritten(shared_text.EMPTY, {NAMES[0]: "Four falls in six weeks"})
    meanwhile = Writer(state)
    meanwhile.write(NAMES[0], 1, ", at night")
    after = shared_text.rewritten(state, {NAMES[0]: "Five falls in six weeks"})
    after = shared_text.merged(after, meanwhile.changes[0])
    assert shared_text.texts_of(after, NAMES)[NAMES[0]] == "Five falls in six weeks, at night"


@given(SIGNS, SIGNS)
def test_differences_are_both_texts_in_pieces(old, new):
    pieces = shared_text.differences(old, new)
    assert ("".join(piece[0] for piece in pieces), "".join(piece[1] for piece in pieces)) == (old, new)


def test_a_sign_that_the_database_keeps_in_no_text_is_left_out():
    writer = Writer()
    writer.write(NAMES[0], 0, "a\0b")
    state = shared_text.merged(shared_text.EMPTY, writer.changes[0])
    assert shared_text.texts_of(state, NAMES)[NAMES[0]] == "ab"


def others():
    table, series, rich = Doc(), Doc(), Doc()
    table.get("background", type=Map)["key"] = 1
    series.get("background", type=Array).append("word")
    text = rich.get("background", type=Text)
    text.insert(0, "word", {"bold": True})
    nested = Doc()
    nested.get("background", type=Array).append(Text("in another one"))
    return [one.get_update() for one in (table, series, rich, nested)]


GOOD = Writer(shared_text.rewritten(shared_text.EMPTY, {NAMES[0]: "A text – 😀"})).document.get_update()


@pytest.mark.parametrize(
    "change",
    [
        b"",
        b"\x00",
        b"words",
        GOOD[:-1],
        GOOD + b"\x00",
        # Counts that would take all memory before anything is read, as they were found by chance.
        bytes.fromhex("ec8fa24d7ce6fc61f1be098ac22ecf62f0737e67f6ae4310c45c2a5103f50056"),
        b"\xff\xff\xff\xff\x0f\x00",
        b"\x80" * 12,
        b"\x01\x01\x05\x00\x00\xff\xff\xff\xff\x0f\x00",  # a gap farther than places go
        b"\x01\x01\x05\x00\x04\x02\x00",  # a text in another one, cut short
        b"\x01\x01\x05\x00\x04\x01\x01a\x01\xff\x00",  # no text: no UTF-8
        *others(),
    ],
    ids=lambda _: "bytes",  # the bytes themselves differ from run to run
)
def test_what_is_no_change_of_plain_texts_is_refused(change):
    with pytest.raises(BadChange):
        shared_text.merged(GOOD, change)


@given(st.binary(max_size=60) | st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=3))
@settings(max_examples=300)
def test_no_garbage_does_worse_than_being_refused(said):
    garbage = bytearray(GOOD) if isinstance(said, list) else bytearray(said)
    for place, byte in said if isinstance(said, list) else ():
        garbage[place] = byte
    for ask in (shared_text.merged, shared_text.missing):
        try:
            found = ask(GOOD, bytes(garbage))
        except BadChange:
            continue
        shared_text.texts_of(found, NAMES)
    found = shared_text.texts_of(GOOD, NAMES)
    assert found[NAMES[0]] == "A text – 😀"


@pytest.mark.parametrize("vector", [b"\x01", b"\x00\x00", bytes.fromhex("deed9cad43eb396dcd99718b97"), b"\xff" * 9])
def test_what_is_no_vector_is_refused(vector):
    with pytest.raises(BadChange):
        shared_text.missing(GOOD, vector)


@given(st.lists(EDIT, max_size=10))
def test_a_change_reaches_as_far_as_the_library_says(edits):
    state, writers = written(edits)
    for writer in writers:
        update, known = writer.document.get_update(), vector_of(writer.document.get_state())
        assert reach_of(update) == {who: end for who, end in known.items() if end}
        for change in writer.changes:
            assert all(end <= known[who] for who, end in reach_of(change).items())
    assert reach_of(state)


def test_a_long_afternoon_of_writing_stays_small():
    chance = random.Random(7)
    state, writers = shared_text.EMPTY, [Writer(), Writer()]
    for _stroke in range(400):
        writer = chance.choice(writers)
        writer.write(NAMES[0], chance.random(), chance.choice(["word ", "né", "😀"]), chance.choice([0, 0, 1]))
        state = shared_text.merged(state, writer.changes.pop())
        for one in writers:
            one.hear(shared_text.missing(state, one.document.get_state()))
    assert len(state) < 30_000
