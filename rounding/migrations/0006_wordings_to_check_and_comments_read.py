import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rounding', '0005_yearly_standard_work'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='wording',
            name='to_check',
            field=models.BooleanField(default=False, verbose_name='to be checked'),
        ),
        migrations.CreateModel(
            name='CommentsRead',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments_read', to='rounding.round')),
            ],
            options={
                'verbose_name': 'comments that were read',
                'verbose_name_plural': 'comments that were read',
                'constraints': [models.UniqueConstraint(fields=('round', 'person'), name='comments_read_once_for_a_person')],
            },
        ),
    ]
