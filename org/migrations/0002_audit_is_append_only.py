"""The audit trail can be added to and read, nothing else; the tree can be asked for a range of days."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION org_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_no_update BEFORE UPDATE OR DELETE ON org_event
    FOR EACH ROW EXECUTE FUNCTION org_event_is_append_only();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON org_event
    FOR EACH STATEMENT EXECUTE FUNCTION org_event_is_append_only();
"""

BACKWARD = """
DROP TRIGGER event_no_truncate ON org_event;
DROP TRIGGER event_no_update ON org_event;
DROP FUNCTION org_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = (("org", "0001_start"),)

    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
