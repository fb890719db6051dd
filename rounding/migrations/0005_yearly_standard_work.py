from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounding", "0004_themes_of_rounds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="standardtask",
            name="cadence",
            field=models.CharField(choices=[("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month"), ("yearly", "Every year")], max_length=8, verbose_name="how often it begins anew"),
        ),
        migrations.RemoveConstraint(
            model_name="standardtask",
            name="standard_task_cadence_known",
        ),
        migrations.AddConstraint(
            model_name="standardtask",
            constraint=models.CheckConstraint(condition=models.Q(("cadence__in", ["daily", "weekly", "monthly", "yearly"])), name="standard_task_cadence_known"),
        ),
    ]
