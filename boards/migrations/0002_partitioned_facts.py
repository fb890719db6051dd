"""Readings and snapshots: partitioned by month of their day, counts of groups in arrays.

They carry no foreign keys: checking four of them for every row would cost more than writing it. Instead what they
point to cannot be deleted while a fact points to it (`fact_keeps_its_*`).
"""

from django.db import migrations

READING = """
    day date NOT NULL,
    unit_id integer NOT NULL,
    measure_id integer NOT NULL,
    period_start date NOT NULL,
    organisation_id integer NOT NULL,
    layout_id integer NOT NULL,
    batch_id integer NOT NULL,
    revision smallint NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL,
    numerators double precision[] NOT NULL,
    denominators double precision[] NOT NULL,
    suppressed integer[]
"""

FORWARD = f"""
CREATE TABLE boards_reading ({READING},
    CONSTRAINT reading_pk PRIMARY KEY (day, unit_id, measure_id, period_start),
    CONSTRAINT reading_period_ends_after_start CHECK (period_start <= day),
    CONSTRAINT reading_arrays_aligned CHECK (cardinality(numerators) = cardinality(denominators)),
    CONSTRAINT reading_has_a_total CHECK (cardinality(numerators) >= 1)
) PARTITION BY RANGE (day);
CREATE TABLE boards_replacedreading ({READING},
    replaced_at timestamptz NOT NULL,
    replaced_by_id integer NOT NULL,
    CONSTRAINT replacedreading_pk PRIMARY KEY (day, unit_id, measure_id, period_start, revision)
) PARTITION BY RANGE (day);
CREATE TABLE boards_snapshot (
    day date NOT NULL,
    unit_id integer NOT NULL,
    measure_id integer NOT NULL,
    period_start date NOT NULL,
    organisation_id integer NOT NULL,
    layout_id integer,
    expected integer NOT NULL DEFAULT 0,
    reported integer NOT NULL DEFAULT 0,
    status smallint NOT NULL,
    origin smallint NOT NULL DEFAULT 0,
    corrected boolean NOT NULL DEFAULT false,
    numerator double precision,
    denominator double precision,
    value double precision,
    target double precision,
    data_at timestamptz,
    taken_at timestamptz NOT NULL,
    numerators double precision[],
    denominators double precision[],
    CONSTRAINT snapshot_pk PRIMARY KEY (day, unit_id, measure_id),
    CONSTRAINT snapshot_period_ends_after_start CHECK (period_start <= day),
    CONSTRAINT snapshot_status_known CHECK (status BETWEEN 0 AND 5),
    CONSTRAINT snapshot_origin_known CHECK (origin BETWEEN 0 AND 2),
    CONSTRAINT snapshot_arrays_aligned CHECK (cardinality(numerators) IS NOT DISTINCT FROM cardinality(denominators))
) PARTITION BY RANGE (day);
"""

BACKWARD = "DROP TABLE boards_snapshot; DROP TABLE boards_replacedreading; DROP TABLE boards_reading;"


def keeper(table: str, column: str) -> tuple[str, str]:
    """SQL that refuses to delete rows of `table` while a reading points to them by `column`, and its reverse."""
    name = f"fact_keeps_its_{column}"
    return (
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM boards_reading r JOIN gone g ON r.{column} = g.id) THEN
                RAISE EXCEPTION '{table}: readings point to it, close it instead of deleting it'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


class Migration(migrations.Migration):
    dependencies = (("boards", "0001_start"),)

    operations = (
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(*keeper("org_unit", "unit_id")),
        migrations.RunSQL(*keeper("boards_measure", "measure_id")),
        migrations.RunSQL(*keeper("boards_layout", "layout_id")),
        migrations.RunSQL(*keeper("boards_batch", "batch_id")),
    )
