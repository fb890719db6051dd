"""Readings in which the source hid a count are few, and asked for with every table of groups."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("boards", "0004_snapshot_target_high"),)

    operations = (
        migrations.RunSQL(
            "CREATE INDEX reading_suppressed ON boards_reading (measure_id, day) WHERE suppressed IS NOT NULL",
            "DROP INDEX reading_suppressed",
        ),
    )
