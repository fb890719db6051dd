"""One more thing that happens to an issue: its owner has left, and somebody else has it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('huddles', '0001_start'),
    ]

    operations = [
        migrations.AlterField(
            model_name='issueevent',
            name='act',
            field=models.CharField(choices=[('raise', 'Raised'), ('acknowledge', 'Taken'), ('assign', 'Given to'), ('escalate', 'Sent up'), ('delegate', 'Handed down'), ('transfer', 'Handed sideways'), ('answer', 'Answered'), ('decline', 'Declined'), ('finish', 'Done'), ('read_out', 'Read out where it began'), ('confirm', 'Confirmed'), ('reopen', 'Reopened'), ('park', 'Parked'), ('resume', 'Taken up again'), ('merge', 'Joined with another'), ('unmerge', 'Separated again'), ('climb', 'Climbed by silence'), ('remind', 'Reminded'), ('inherit', 'Passed on: its owner has left'), ('time_out', 'Closed without confirmation'), ('copy', 'Copied for information'), ('edit', 'Words changed')], max_length=12),
        ),
    ]
