"""An empty instance is loaded in bulk: keys, indexes and triggers stand aside and come back, in one transaction."""

from django.db import migrations

FUNCTIONS = """
-- Sets aside what checks or follows each row of these tables, which must be empty: foreign keys from and to them,
-- keys, exclusions, indexes, triggers. What is not put back before the commit refuses the commit.
CREATE FUNCTION platform_set_aside(VARIADIC wanted regclass[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    each regclass;
    part record;
    filled boolean;
BEGIN
    FOREACH each IN ARRAY wanted LOOP
        IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = each AND c.relkind = 'r'
                          AND c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole) THEN
            RAISE EXCEPTION '% is not a table of ours', each USING ERRCODE = 'wrong_object_type';
        END IF;
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', each);
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', each) INTO filled;
        IF filled THEN
            RAISE EXCEPTION '% holds rows', each USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
    END LOOP;
    -- A table with checks still to come cannot be altered: those that wait are made now, the others as rows come.
    SET CONSTRAINTS ALL IMMEDIATE;
    CREATE TEMPORARY TABLE platform_aside (place integer, name text, takes text, gives text) ON COMMIT DROP;
    CREATE CONSTRAINT TRIGGER put_back AFTER INSERT ON platform_aside DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION platform_all_is_back();
    SET CONSTRAINTS pg_temp.put_back DEFERRED;
    -- In the order in which they come back; they leave in the reverse order.
    INSERT INTO platform_aside
        SELECT array_position(ARRAY['p', 'u', 'x', 'f'], k.contype::text), k.conname,
               format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
          FROM pg_constraint k
         WHERE k.contype IN ('p', 'u', 'x', 'f') AND (k.conrelid = ANY (wanted) OR k.confrelid = ANY (wanted))
         UNION ALL
        SELECT 2, i.indexrelid::regclass::text, format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
          FROM pg_index i
         WHERE i.indrelid = ANY (wanted) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
         UNION ALL
        SELECT 5, t.tgname, format('ALTER TABLE %s DISABLE TRIGGER %I', t.tgrelid::regclass, t.tgname),
               format('ALTER TABLE %s ENABLE TRIGGER %I', t.tgrelid::regclass, t.tgname)
          FROM pg_trigger t WHERE t.tgrelid = ANY (wanted) AND NOT t.tgisinternal AND t.tgenabled = 'O';
    FOR part IN SELECT takes FROM platform_aside ORDER BY place DESC, name LOOP
        EXECUTE part.takes;
    END LOOP;
    -- Into files of this transaction's own: COPY can write rows there as they will stay.
    EXECUTE 'TRUNCATE ' || array_to_string(wanted, ', ');
END $$;

CREATE FUNCTION platform_put_back() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '512MB' AS $$
DECLARE
    part record;
BEGIN
    -- Its rows are run with our rights: they must be those that we wrote.
    IF NOT EXISTS (SELECT FROM pg_class c
                    WHERE c.oid = to_regclass('pg_temp.platform_aside') AND c.relowner = current_user::regrole) THEN
        RAISE EXCEPTION 'nothing was set aside' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    FOR part IN SELECT gives FROM pg_temp.platform_aside ORDER BY place, name LOOP
        EXECUTE part.gives;
    END LOOP;
    DELETE FROM pg_temp.platform_aside;
END $$;

CREATE FUNCTION platform_all_is_back() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_temp.platform_aside) THEN
        RAISE EXCEPTION 'what was set aside was not put back' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION platform_set_aside(regclass[]), platform_put_back(), platform_all_is_back() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform_set_aside(regclass[]), platform_put_back() TO convergence_maint;
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0003_jobs_and_mail")]
    operations = [migrations.RunSQL(FUNCTIONS)]
