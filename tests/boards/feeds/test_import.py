import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from boards.actions import feeds
from boards.feeds import archive
from boards.models import Batch, Category, DueSnapshot, Problem, Reading, Source
from org.models import Event
from org.rules import NotAllowed
from tests.boards import factories
from tests.boards.feeds.place import AT, DAY, HEADER, build_place, long_file

FILE = long_file(
    f"bundle,icu,{DAY},,,3,4",
    f"bundle,icu,{DAY},language,es,1,2",
    f"bundle,icu,{DAY},language,en,2,2",
    f"bundle,ed,{DAY},,,8,9",
)
ICU, ED = ("bundle", "icu", "2026-11-20"), ("bundle", "ed", "2026-11-20")


def test_a_good_file_counts(place):
    batch = place.send(FILE).batch
    assert place.stored() == {
        ICU: {"": (3, 4, False), "language:es": (1, 2, False), "language:en": (2, 2, False)},
        ED: {"": (8, 9, False)},
    }
    assert (batch.state, batch.rows, batch.new_readings, batch.problem_count) == ("imported", 4, 2, 0)
    assert (batch.first_day.isoformat(), batch.last_day.isoformat()) == ("2026-11-20", "2026-11-20")
    assert archive.unpack(batch.content).content == FILE.encode()
    assert DueSnapshot.objects.count() == 2
    assert list(Event.objects.values_list("verb", "subject_label")) == [("feed.counted", "file.csv")]


def test_the_same_file_again_does_nothing(place):
    first = place.send(FILE)
    again = place.send(FILE)
    assert again.again
    assert again.batch.pk == first.batch.pk
    assert [f.code for f in again.findings] == ["file_came_before"]
    assert Batch.objects.count() == 1
    assert place.replaced() == 0


def test_the_same_key_replaces_and_both_are_kept(place):
    place.send(FILE)
    batch = place.send(FILE.replace(",8,9", ",7,9")).batch
    assert (batch.new_readings, batch.replaced_readings, batch.same_readings) == (0, 1, 1)
    assert place.stored()[ED] == {"": (7, 9, False)}
    assert place.replaced() == 1


def test_a_bad_file_changes_nothing_and_is_set_aside(place):
    received = place.send(FILE + "bundle,icu,x,x,,,1,2\nnope,icu,2026-11-20,2026-11-20,,,1,2\n")
    assert not received.counted
    assert place.stored() == {}
    assert received.batch.state == Batch.State.QUARANTINED
    assert list(Problem.objects.filter(batch=received.batch).order_by("id").values_list("row", "code")) == [
        (6, "bad_date"),
        (6, "bad_date"),
        (7, "unknown_measure"),
    ]


def test_good_rows_count_where_the_source_allows_it(place):
    place.source.partial_allowed = True
    place.source.save()
    batch = place.send(FILE + "bundle,icu,x,x,,,1,2\n").batch
    assert batch.state == Batch.State.IMPORTED
    assert set(place.stored()) == {ICU, ED}


def test_a_column_of_patients_is_refused_even_in_part_and_not_kept(place):
    received = place.send(f"MRN,{HEADER}\n123,bundle,icu,{DAY},,,3,4\n", partial=True)
    assert received.batch.state == Batch.State.QUARANTINED
    assert received.batch.content is None
    assert place.stored() == {}


def test_a_preview_says_what_would_happen_and_leaves_no_trace(place):
    place.send(FILE)
    changed = FILE.replace(",8,9", ",7,9") + f"bundle,0042,{DAY},,,1,1\nbundle,0042,{DAY},language,tlh,1,1\n"
    seen = feeds.preview_file(
        source=place.source, file_name="b.csv", content=changed.encode(), mapping=None, by=None, at=AT
    ).batch
    assert (seen.state, seen.new_readings, seen.replaced_readings, seen.same_readings) == ("previewed", 1, 1, 1)
    assert place.stored()[ED] == {"": (8, 9, False)}
    assert not Category.objects.filter(code="tlh").exists()
    counted = feeds.count_batch(batch=seen, by=None, at=AT).batch
    assert (counted.new_readings, counted.replaced_readings, counted.same_readings) == (1, 1, 1)
    assert place.stored()[ED] == {"": (7, 9, False)}
    assert Category.objects.get(code="tlh").state == "unmapped"


def test_a_file_is_counted_once(place):
    seen = [
        feeds.preview_file(source=place.source, file_name=n, content=FILE.encode(), mapping=None, by=None, at=AT).batch
        for n in ("a.csv", "b.csv")
    ]
    feeds.count_batch(batch=seen[0], by=None, at=AT)
    for batch in seen:
        with pytest.raises(NotAllowed):
            feeds.count_batch(batch=batch, by=None, at=AT)


def test_discarding_forgets_the_content(place):
    seen = feeds.preview_file(
        source=place.source, file_name="a.csv", content=FILE.encode(), mapping=None, by=None, at=AT
    ).batch
    assert feeds.discard_batch(batch=seen, by=None, at=AT).content is None
    with pytest.raises(NotAllowed):
        feeds.discard_batch(batch=place.send(FILE).batch, by=None, at=AT)


def test_a_file_that_became_wrong_meanwhile_is_set_aside(place):
    seen = feeds.preview_file(
        source=place.source, file_name="a.csv", content=FILE.encode(), mapping=None, by=None, at=AT
    ).batch
    place.organisation.units.filter(code="ed").update(code="emergency")
    counted = feeds.count_batch(batch=seen, by=None, at=AT)
    assert counted.batch.state == Batch.State.QUARANTINED
    assert [f.code for f in counted.findings] == ["unknown_unit"]
    assert place.stored() == {}


def test_a_file_too_large_is_refused_unread(place, settings):
    settings.FEED_MAX_BYTES = 100
    received = place.send(FILE)
    assert [f.code for f in received.findings] == ["too_big"]
    assert received.batch.content is None


def test_a_workbook_is_not_kept(place):
    assert place.send(b"PK\x03\x04" + bytes(100)).batch.content is None


def test_a_group_that_nobody_mapped_is_kept(place):
    place.send(long_file(f"bundle,icu,{DAY},,,3,4", f"bundle,icu,{DAY},language,Klingon|x,1,2"))
    assert place.stored() == {}  # the bar joins groups, so this one names two where one is meant
    place.send(long_file(f"bundle,icu,{DAY},,,3,4", f"bundle,icu,{DAY},language,Klingon,1,2"))
    assert place.stored()[ICU]["language:Klingon"] == (1, 2, False)


def test_an_earlier_word_in_the_file_of_a_later_batch(place):
    place.send(FILE)
    later = AT + timedelta(days=1)
    place.send(FILE.replace(",8,9", ",7,9"), at=later)
    assert Reading.objects.get(unit__code="ed").received_at == later


# the command


def test_command_counts_and_prints(place, tmp_path, capsys):
    path = tmp_path / "morning.csv"
    path.write_text(FILE)
    call_command("import_readings", path, organisation="harbor", source="warehouse", dry_run=True)
    assert "Would count: 4 rows, readings: 2 new, 0 replaced, 0 unchanged." in capsys.readouterr().out
    assert (place.stored(), Batch.objects.count()) == ({}, 0)
    call_command("import_readings", path, source="warehouse")
    assert "Counted: 4 rows, readings: 2 new, 0 replaced, 0 unchanged." in capsys.readouterr().out
    call_command("import_readings", path, source="warehouse")
    assert "This very file was counted before." in capsys.readouterr().out


def test_a_dry_run_makes_no_source_and_a_wrong_name_is_answered_by_the_known_ones(place, tmp_path, capsys):
    path = tmp_path / "morning.csv"
    path.write_text(FILE)
    before = set(Source.objects.values_list("code", flat=True))
    call_command("import_readings", path, source="typing-error", dry_run=True)
    assert "Would count" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no mapping"):
        call_command("import_readings", path, source="typing-error", mapping="nothing")
    assert set(Source.objects.values_list("code", flat=True)) == before
    with pytest.raises(CommandError, match=r"Known: .*harbor"):
        call_command("import_readings", path, organisation="harbour", source="warehouse")


def test_command_tells_a_bad_file_from_a_wrong_call(place, tmp_path, capsys):
    path = tmp_path / "morning.csv"
    path.write_text(FILE.replace("icu", "icy"))
    with pytest.raises(CommandError) as caught:
        call_command("import_readings", path)
    assert caught.value.returncode == 2
    assert "Error: row 2 unit “icy”: There is no unit with this code." in capsys.readouterr().out
    for wrong in ({"mapping": "none"}, {"organisation": "elsewhere"}):
        with pytest.raises(CommandError) as caught:
            call_command("import_readings", path, **wrong)
        assert caught.value.returncode == 1
    with pytest.raises(CommandError) as caught:
        call_command("import_readings", tmp_path / "absent.csv")
    assert caught.value.returncode == 1


def test_command_with_a_mapping(place, tmp_path, capsys):
    factories.make_mapping(place.source, "bad", form="wide")
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n")
    with pytest.raises(CommandError, match="measures: at least one is needed"):
        call_command("import_readings", path, source="warehouse", mapping="bad")


# killed


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_and_can_be_sent_again(tmp_path):
    place = build_place()
    path = tmp_path / "big.csv"
    days = [f"2026-{m:02}-{d:02}" for m in range(1, 11) for d in range(1, 29)]
    units = ("icu", "ed", "0042")
    rows = [f"bundle,{u},{day},{day},language,{c},1,2" for day in days for u in units for c in ("en", "es")]
    totals = [f"bundle,{u},{day},{day},,,2,4" for day in days for u in units]
    path.write_text(long_file(*rows, *totals))
    environment = {
        **os.environ,
        "DATABASE_URL": _url_of_test_database(),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    stalled = (
        "import sys, time, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from boards.actions import readings\n"
        "write = readings._mark_due\n"
        "def stall(*args):\n"
        "    write(*args); print('written', flush=True); time.sleep(60)\n"
        "readings._mark_due = stall\n"
        f"call_command('import_readings', {str(path)!r}, source='warehouse')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", stalled], env=environment, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"written\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    _wait_until_gone()
    assert (place.stored(), Batch.objects.count(), DueSnapshot.objects.count()) == ({}, 0, 0)
    assert place.send(path.read_text()).counted
    assert len(place.stored()) == len(days) * 3


def _url_of_test_database() -> str:
    given, name = os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
    before, mark, after = given.partition("?")
    return f"{before.rpartition('/')[0]}/{name}{mark}{after}"


def _wait_until_gone() -> None:
    """The server notices a killed client when it next talks to it, or at once when the socket closes."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)
    pytest.fail("the killed import still holds its connection")
