"""Extensions, and the database functions that every room's tables lean on."""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

FUNCTIONS = """
GRANT USAGE ON SCHEMA public TO convergence_web, convergence_worker, convergence_maint;

-- unaccent() is only STABLE because its dictionary could be replaced; ours never is.
CREATE FUNCTION plain(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent', words));

-- Versions: who and when come from the transaction, never from the client; a version closes once.
-- maint (demonstration, restore) brings its own dates with it.
CREATE FUNCTION platform_stamp_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'convergence_maint' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.recorded_at := transaction_timestamp();
        NEW.recorded_by_id := nullif(current_setting('app.actor', true), '')::bigint;
        NEW.superseded_at := NULL;
    ELSE
        IF OLD.superseded_at IS NOT NULL THEN
            RAISE EXCEPTION 'a superseded version is closed for good' USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.superseded_at := transaction_timestamp();
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FUNCTIONS),
    ]
