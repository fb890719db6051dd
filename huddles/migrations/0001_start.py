from datetime import time

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from org.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('boards', '0006_tree_seen'),
        ('org', '0004_tree_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        Together(
            migrations.CreateModel(
                name='Agenda',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('tier_level', models.PositiveSmallIntegerField(verbose_name='tier')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agendas', to='org.organisation')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agendas', to='org.unit', verbose_name='only for')),
                ],
                options={
                    'verbose_name': 'agenda',
                    'verbose_name_plural': 'agendas',
                    'ordering': ('organisation', 'tier_level', 'id'),
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', True)), fields=('organisation', 'tier_level'), name='agenda_one_for_a_tier'),
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', False)), fields=('unit', 'tier_level'), name='agenda_one_for_a_unit'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AgendaVersion',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='version')),
                    ('published_at', models.DateTimeField()),
                    ('agenda', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='huddles.agenda')),
                    ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'version of an agenda',
                    'verbose_name_plural': 'versions of agendas',
                    'ordering': ('agenda', 'number'),
                    'constraints': [
                        models.UniqueConstraint(fields=('agenda', 'number'), name='agenda_version_unique'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AgendaLine',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('section', models.CharField(choices=[('step', 'Steps'), ('seat', 'Who should be here'), ('readiness', 'Ready for today?'), ('look_back', 'Last 24 hours'), ('look_ahead', 'Next 24 hours'), ('fidelity', 'After the huddle')], max_length=12)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(blank=True, choices=[('welcome', 'Welcome'), ('thanks', 'Thank you or good catch'), ('answers', 'What came back to us'), ('look_back', 'Last 24 hours'), ('readiness', 'Ready for today?'), ('look_ahead', 'Next 24 hours'), ('board', 'The board: reds and one chart'), ('below', 'Units not heard'), ('queue', 'What came up to us'), ('balance', 'Staffing and beds to balance'), ('promises', 'Promises: kept, late, reopened'), ('support', 'Support services speak'), ('signals', 'Gaps between groups'), ('new', 'New items'), ('tests', 'Tests running'), ('alert', 'System alert needed?'), ('close', 'Who does what by when; thanks')], default='', max_length=12)),
                    ('title', models.CharField(max_length=80, verbose_name='title')),
                    ('prompt', models.CharField(blank=True, default='', max_length=200, verbose_name='question')),
                    ('seconds', models.PositiveSmallIntegerField(default=0, verbose_name='seconds')),
                    ('required', models.BooleanField(default=False, verbose_name='must be here')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='huddles.agendaversion')),
                ],
                options={
                    'verbose_name': 'line of an agenda',
                    'verbose_name_plural': 'lines of an agenda',
                    'ordering': ('version', 'section', 'position'),
                    'constraints': [
                        models.UniqueConstraint(fields=('version', 'section', 'position'), name='agenda_line_place_unique'),
                        models.CheckConstraint(condition=models.Q(models.Q(('section', 'step'), models.Q(('kind', ''), _negated=True), ('seconds__gte', 1)), models.Q(models.Q(('section', 'step'), _negated=True), ('kind', ''), ('seconds', 0)), _connector='OR'), name='agenda_line_step_has_kind_and_time'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CaptureCode',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.CharField(max_length=32, unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='capture_codes', to='org.unit')),
                ],
                options={
                    'verbose_name': 'code of a unit',
                    'verbose_name_plural': 'codes of units',
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('unit',), name='capture_code_one_of_a_unit'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Choice',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('category', 'What an issue is about'), ('cannot', 'Why it cannot be solved here'), ('criterion', 'When an issue is sent up'), ('not_held', 'Why a huddle was not held'), ('park', 'Why an issue is parked')], max_length=12, verbose_name='list')),
                    ('code', models.SlugField(max_length=40, verbose_name='code')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='issue_choices', to='org.organisation')),
                ],
                options={
                    'verbose_name': 'choice',
                    'verbose_name_plural': 'choices',
                    'ordering': ('organisation', 'kind', 'position', 'name'),
                    'constraints': [
                        models.UniqueConstraint(fields=('organisation', 'kind', 'code'), name='choice_code_unique'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['category', 'cannot', 'criterion', 'not_held', 'park'])), name='choice_kind_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Confidant',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confidants', to='org.organisation')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'person of trust',
                    'verbose_name_plural': 'people of trust',
                    'ordering': ('organisation', 'position', 'id'),
                    'constraints': [
                        models.UniqueConstraint(fields=('organisation', 'user'), name='confidant_unique'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Huddle',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(verbose_name='day')),
                    ('planned_at', models.DateTimeField(verbose_name='planned for')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                    ('is_extra', models.BooleanField(default=False, verbose_name='called outside the calendar')),
                    ('started_at', models.DateTimeField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('step', models.PositiveSmallIntegerField(default=0, verbose_name='present step')),
                    ('step_at', models.DateTimeField(null=True)),
                    ('from_paper', models.BooleanField(default=False, verbose_name='entered afterwards')),
                    ('not_held_note', models.CharField(blank=True, default='', max_length=200)),
                    ('not_held_at', models.DateTimeField(null=True)),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('not_held_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('not_held_reason', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huddles.choice')),
                    ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='huddles', to='org.unit')),
                    ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='huddles', to='huddles.agendaversion')),
                ],
                options={
                    'verbose_name': 'huddle',
                    'verbose_name_plural': 'huddles',
                    'ordering': ('planned_at', 'id'),
                    'indexes': [
                        models.Index(fields=['day', 'unit'], name='huddle_by_day'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('unit', 'planned_at'), name='huddle_slot_unique'),
                        models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='huddle_ends_after_start'),
                        models.CheckConstraint(condition=models.Q(('started_at__isnull', True), ('version__isnull', False), _connector='OR'), name='huddle_started_has_agenda'),
                        models.CheckConstraint(condition=models.Q(('not_held_reason__isnull', True), ('started_at__isnull', True), _connector='OR'), name='huddle_not_held_or_started'),
                        models.CheckConstraint(condition=models.Q(('minutes__gte', 1), ('minutes__lte', 240)), name='huddle_minutes_1_to_240_held'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HuddleEntry',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(unique=True)),
                    ('kind', models.CharField(max_length=12)),
                    ('stored_at', models.DateTimeField()),
                    ('note_uid', models.UUIDField(null=True)),
                    ('note_revision', models.PositiveIntegerField(default=0)),
                    ('huddle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='huddles.huddle')),
                ],
                options={
                    'verbose_name': 'entry of a huddle',
                    'verbose_name_plural': 'entries of huddles',
                },
            ),
            migrations.CreateModel(
                name='HuddleMark',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('choice', models.CharField(choices=[('here', 'Here'), ('remote', 'By phone or video'), ('stand_in', 'Stand-in'), ('missing', 'Missing'), ('ready', 'Ready'), ('at_risk', 'At risk'), ('not_ready', 'Not ready'), ('nothing', 'Nothing to tell'), ('yes', 'Yes'), ('no', 'No')], max_length=12)),
                    ('tapped_at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('huddle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='huddles.huddle')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huddles.agendaline')),
                ],
                options={
                    'verbose_name': 'mark of a huddle',
                    'verbose_name_plural': 'marks of huddles',
                    'constraints': [
                        models.UniqueConstraint(fields=('huddle', 'line'), name='huddle_mark_unique'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HuddleNote',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(unique=True)),
                    ('text', models.CharField(max_length=500, verbose_name='note')),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('written_at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('beside', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='others', to='huddles.huddlenote')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('huddle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='huddles.huddle')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huddles.agendaline')),
                ],
                options={
                    'verbose_name': 'note of a huddle',
                    'verbose_name_plural': 'notes of huddles',
                    'ordering': ('written_at', 'id'),
                },
            ),
            migrations.CreateModel(
                name='Issue',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('client_id', models.UUIDField(unique=True)),
                    ('title', models.CharField(max_length=140, verbose_name='what is wrong')),
                    ('detail', models.CharField(blank=True, default='', max_length=1000, verbose_name='more about it')),
                    ('tried', models.CharField(blank=True, default='', max_length=1000, verbose_name='what was tried')),
                    ('spot', models.CharField(blank=True, default='', max_length=80, verbose_name='where exactly')),
                    ('status', models.CharField(choices=[('raised', 'Waiting to be taken'), ('acknowledged', 'Somebody is on it'), ('answered', 'Answered, being done'), ('done', 'Done, waiting to be confirmed'), ('parked', 'Parked'), ('merged', 'Part of another issue'), ('confirmed', 'Confirmed where it began'), ('unconfirmed', 'Closed, not confirmed')], default='raised', max_length=12, verbose_name='status')),
                    ('urgency', models.CharField(choices=[('routine', 'Routine'), ('urgent', 'Urgent: harm is possible now')], default='routine', max_length=10, verbose_name='urgency')),
                    ('size', models.CharField(choices=[('unsorted', 'Not sorted yet'), ('on_the_spot', 'Done on the spot'), ('quick_hit', 'Quick hit: days'), ('big', 'Big issue: owner, plan and check-in dates')], default='unsorted', max_length=12, verbose_name='size')),
                    ('confidential', models.BooleanField(default=False, verbose_name='confidential')),
                    ('recurring', models.BooleanField(default=False, verbose_name='it keeps coming back')),
                    ('people_touched', models.PositiveIntegerField(blank=True, null=True, verbose_name='people affected')),
                    ('groups', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='groups affected')),
                    ('source', models.CharField(choices=[('huddle', 'In a huddle'), ('board', 'On the board'), ('page', 'On a phone or computer'), ('code', 'By the code at the unit'), ('paper', 'On the paper sheet'), ('round', 'On a round'), ('rule', 'By a rule')], max_length=10)),
                    ('reporter', models.CharField(blank=True, default='', max_length=80, verbose_name='name of whoever told it')),
                    ('follow_hash', models.CharField(max_length=64, null=True, unique=True)),
                    ('raised_at', models.DateTimeField()),
                    ('first_seen_on', models.DateField(blank=True, null=True, verbose_name='first seen on')),
                    ('arrived_at', models.DateTimeField(verbose_name='at its place since')),
                    ('ask', models.CharField(blank=True, choices=[('decision', 'A decision'), ('resource', 'A resource'), ('coordination', 'Coordination'), ('awareness', 'Awareness')], default='', max_length=14, verbose_name='what is asked')),
                    ('asked', models.CharField(blank=True, default='', max_length=200, verbose_name='the ask in one line')),
                    ('needed_by', models.DateTimeField(blank=True, null=True, verbose_name='needed by')),
                    ('outcome', models.CharField(blank=True, choices=[('decided', 'Decided'), ('resourced', 'Resourced'), ('delegated', 'Handed on'), ('watched', 'Watched'), ('declined', 'Not possible, because')], default='', max_length=10, verbose_name='outcome')),
                    ('tell_staff', models.CharField(blank=True, default='', max_length=300, verbose_name='what to tell staff')),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(null=True, verbose_name='promised for')),
                    ('done_at', models.DateTimeField(null=True)),
                    ('read_out_at', models.DateTimeField(null=True)),
                    ('verdict', models.CharField(blank=True, choices=[('solved', 'Solved'), ('partly', 'Partly, and that will do'), ('not_solved', 'Not solved')], default='', max_length=10)),
                    ('verdict_at', models.DateTimeField(null=True)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('clock_at', models.DateTimeField(null=True)),
                    ('rang_at', models.DateTimeField(null=True)),
                    ('climbs', models.PositiveSmallIntegerField(default=0)),
                    ('reopened', models.PositiveSmallIntegerField(default=0)),
                    ('changed_at', models.DateTimeField()),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('answered_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                    ('cannot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huddles.choice')),
                    ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huddles.choice')),
                    ('huddle', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='issues', to='huddles.huddle')),
                    ('letter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='boards.letter')),
                    ('measure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='issues', to='boards.measure')),
                    ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined', to='huddles.issue')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='issues', to='org.organisation')),
                    ('origin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues_begun', to='org.unit', verbose_name='began at')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues_owned', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues_here', to='org.unit', verbose_name='is at')),
                    ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='issues_raised', to=settings.AUTH_USER_MODEL)),
                    ('verdict_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'issue',
                    'verbose_name_plural': 'issues',
                    'ordering': ('-raised_at', '-id'),
                    'indexes': [
                        models.Index(condition=models.Q(('clock_at__isnull', False), ('rang_at__isnull', True)), fields=['clock_at'], name='issue_clock_due'),
                        models.Index(condition=models.Q(('clock_at__isnull', False)), fields=['organisation', 'clock_at', 'id'], name='issue_open_by_clock'),
                        models.Index(fields=['place', 'status', 'clock_at'], name='issue_by_place'),
                        models.Index(fields=['origin', 'status', '-raised_at'], name='issue_by_origin'),
                        models.Index(fields=['owner', 'status'], name='issue_by_owner'),
                        models.Index(fields=['organisation', '-raised_at', '-id'], name='issue_by_time'),
                        django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('title'), name='gin_trgm_ops'), name='issue_title_trigram'),
                        django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('title', 'detail', config='simple'), name='issue_words'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('organisation', 'number'), name='issue_number_unique'),
                        models.CheckConstraint(condition=models.Q(('status__in', ['raised', 'acknowledged', 'answered', 'done', 'parked', 'merged', 'confirmed', 'unconfirmed'])), name='issue_status_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('clock_at__isnull', False), ('status__in', ['acknowledged', 'answered', 'done', 'parked', 'raised'])), models.Q(models.Q(('status__in', ['acknowledged', 'answered', 'done', 'parked', 'raised']), _negated=True), ('clock_at__isnull', True)), _connector='OR'), name='issue_open_has_clock'),
                        models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('status', 'merged')), models.Q(models.Q(('status', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='issue_merged_into_another'),
                        models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='issue_not_part_of_itself'),
                        models.CheckConstraint(condition=models.Q(models.Q(('status', 'confirmed'), _negated=True), ('verdict__in', ('solved', 'partly')), _connector='OR'), name='issue_confirmed_has_verdict'),
                        models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status__in', ['confirmed', 'unconfirmed'])), models.Q(models.Q(('status__in', ('confirmed', 'unconfirmed', 'merged')), _negated=True), ('closed_at__isnull', True)), ('status', 'merged'), _connector='OR'), name='issue_closed_has_time'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(unique=True)),
                    ('text', models.CharField(max_length=1000)),
                    ('at', models.DateTimeField()),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('mentioned', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='huddles.issue')),
                ],
                options={
                    'verbose_name': 'comment',
                    'verbose_name_plural': 'comments',
                    'ordering': ('at', 'id'),
                },
            ),
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(unique=True)),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('media_type', models.CharField(max_length=40)),
                    ('size', models.PositiveIntegerField()),
                    ('content', models.BinaryField()),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='huddles.issue')),
                ],
                options={
                    'verbose_name': 'attachment',
                    'verbose_name_plural': 'attachments',
                    'ordering': ('at', 'id'),
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='attachment_not_empty'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='IssueCopy',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('copied_at', models.DateTimeField()),
                    ('copied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='huddles.issue')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='org.unit')),
                ],
                options={
                    'verbose_name': 'copy of an issue',
                    'verbose_name_plural': 'copies of issues',
                    'constraints': [
                        models.UniqueConstraint(fields=('issue', 'unit'), name='issue_copy_unique'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='IssueEvent',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('act', models.CharField(choices=[('raise', 'Raised'), ('acknowledge', 'Taken'), ('assign', 'Given to'), ('escalate', 'Sent up'), ('delegate', 'Handed down'), ('transfer', 'Handed sideways'), ('answer', 'Answered'), ('decline', 'Declined'), ('finish', 'Done'), ('read_out', 'Read out where it began'), ('confirm', 'Confirmed'), ('reopen', 'Reopened'), ('park', 'Parked'), ('resume', 'Taken up again'), ('merge', 'Joined with another'), ('unmerge', 'Separated again'), ('climb', 'Climbed by silence'), ('remind', 'Reminded'), ('inherit', 'Passed on: its owner has left'), ('time_out', 'Closed without confirmation'), ('copy', 'Copied for information'), ('edit', 'Words changed')], max_length=12)),
                    ('status', models.CharField(choices=[('raised', 'Waiting to be taken'), ('acknowledged', 'Somebody is on it'), ('answered', 'Answered, being done'), ('done', 'Done, waiting to be confirmed'), ('parked', 'Parked'), ('merged', 'Part of another issue'), ('confirmed', 'Confirmed where it began'), ('unconfirmed', 'Closed, not confirmed')], max_length=12)),
                    ('ask', models.CharField(blank=True, choices=[('decision', 'A decision'), ('resource', 'A resource'), ('coordination', 'Coordination'), ('awareness', 'Awareness')], default='', max_length=14)),
                    ('outcome', models.CharField(blank=True, choices=[('decided', 'Decided'), ('resourced', 'Resourced'), ('delegated', 'Handed on'), ('watched', 'Watched'), ('declined', 'Not possible, because')], default='', max_length=10)),
                    ('verdict', models.CharField(blank=True, choices=[('solved', 'Solved'), ('partly', 'Partly, and that will do'), ('not_solved', 'Not solved')], default='', max_length=10)),
                    ('clock', models.CharField(blank=True, default='', max_length=12)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('note', models.CharField(blank=True, default='', max_length=1000)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('choice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huddles.choice')),
                    ('from_place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                    ('huddle', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='huddles.huddle')),
                    ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='huddles.issue')),
                    ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='huddles.issue')),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('to_place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ],
                options={
                    'verbose_name': 'event of an issue',
                    'verbose_name_plural': 'events of issues',
                    'ordering': ('at', 'id'),
                    'indexes': [
                        models.Index(fields=['issue', 'at', 'id'], name='issue_event_in_order'),
                        models.Index(fields=['at', 'act'], name='issue_event_by_time'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ServiceLevel',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('tier_level', models.PositiveSmallIntegerField(verbose_name='tier')),
                    ('urgency', models.CharField(choices=[('routine', 'Routine'), ('urgent', 'Urgent: harm is possible now')], max_length=10, verbose_name='urgency')),
                    ('acknowledge_minutes', models.PositiveIntegerField(verbose_name='minutes until somebody takes it')),
                    ('answer_minutes', models.PositiveIntegerField(verbose_name='minutes until the first answer')),
                    ('quick_hit_days', models.PositiveSmallIntegerField(default=3, verbose_name='days for a quick hit')),
                    ('big_days', models.PositiveSmallIntegerField(default=14, verbose_name='days until a big issue has a plan')),
                    ('confirm_huddles', models.PositiveSmallIntegerField(default=3, verbose_name='huddle days to confirm')),
                    ('working', models.BooleanField(default=True, verbose_name='counts in working time only')),
                    ('works_from', models.TimeField(default=time(7, 0), verbose_name='working time from')),
                    ('works_until', models.TimeField(default=time(18, 0), verbose_name='working time until')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_levels', to='org.organisation')),
                ],
                options={
                    'verbose_name': 'service level',
                    'verbose_name_plural': 'service levels',
                    'ordering': ('organisation', 'tier_level', 'urgency'),
                    'constraints': [
                        models.UniqueConstraint(fields=('organisation', 'tier_level', 'urgency'), name='service_level_unique'),
                        models.CheckConstraint(condition=models.Q(('acknowledge_minutes__gte', 1), ('answer_minutes__gte', 1), ('confirm_huddles__gte', 1)), name='service_level_positive'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SystemAlert',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=140, verbose_name='what everybody has to know')),
                    ('text', models.CharField(blank=True, default='', max_length=1000, verbose_name='what to do')),
                    ('sent_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('uid', models.UUIDField(unique=True)),
                    ('issue', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='huddles.issue')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='org.organisation')),
                    ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'system alert',
                    'verbose_name_plural': 'system alerts',
                    'ordering': ('-sent_at', '-id'),
                },
            ),
            migrations.CreateModel(
                name='AlertReceipt',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('read_at', models.DateTimeField(null=True)),
                    ('read_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='org.unit')),
                    ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='huddles.systemalert')),
                ],
                options={
                    'verbose_name': 'receipt of an alert',
                    'verbose_name_plural': 'receipts of alerts',
                    'constraints': [
                        models.UniqueConstraint(fields=('alert', 'unit'), name='alert_receipt_unique'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UnitHabits',
                fields=[
                    ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='minutes before the huddle at which its page is mailed; 0 for never')),
                    ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='habits', to='org.unit')),
                ],
                options={
                    'verbose_name': 'habits of a unit',
                    'verbose_name_plural': 'habits of units',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('digest_minutes__lte', 720)), name='habits_digest_within_day'),
                    ],
                },
            ),
        ),
    ]
