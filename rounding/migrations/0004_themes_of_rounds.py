import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounding", "0003_k_cards"),
    ]

    operations = [
        migrations.AddField(
            model_name="observation",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name="themes"),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(condition=models.Q(("tags__len__lte", 6)), name="observation_few_tags"),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="observation_tags"),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector("text", config="simple"), name="observation_words"),
        ),
    ]
