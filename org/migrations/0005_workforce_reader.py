"""A role that reads measures of staff by groups of staff, and sees boards."""

from django.db import migrations, models
from django.db.models import Q

_BEFORE = [
    ("staff", "Staff"),
    ("unit_lead", "Unit lead"),
    ("manager", "Manager or director"),
    ("executive", "Executive"),
    ("equity_officer", "Health equity officer"),
    ("coach", "Coach"),
    ("data_steward", "Data steward"),
    ("administrator", "Administrator"),
]
_NOW = [*_BEFORE, ("workforce", "Workforce equity reader")]


def end_readers(apps, schema_editor):
    """Back: whoever read measures of staff holds that role no more."""
    apps.get_model("org", "Membership").objects.filter(role="workforce").delete()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table could not be altered before the end


class Migration(migrations.Migration):
    dependencies = (("org", "0004_tree_changes"),)

    operations = (
        migrations.RemoveConstraint(model_name="membership", name="membership_role_known"),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(choices=_NOW, default="staff", max_length=20, verbose_name="role"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(role__in=[code for code, _name in _NOW]), name="membership_role_known"
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, end_readers),
    )
