"""A band has two ends: the snapshot keeps both."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("boards", "0003_tile_codes"),)

    operations = (
        migrations.RunSQL(
            "ALTER TABLE boards_snapshot ADD COLUMN target_high double precision",
            "ALTER TABLE boards_snapshot DROP COLUMN target_high",
        ),
    )
