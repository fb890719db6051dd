"""The hour of the daily snapshot is a time from the start, not a text that becomes one."""

from datetime import time

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("org", "0002_audit_is_append_only"),)

    operations = (
        migrations.AlterField(
            model_name="organisation",
            name="snapshot_at",
            field=models.TimeField(default=time(5, 30), verbose_name="daily snapshot at"),
        ),
    )
