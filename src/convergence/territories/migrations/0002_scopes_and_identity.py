"""Scopes follow sites and missions; ``identify`` turns the actor's missions of the day into scopes."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION territories_scopes_of_site() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_scope (kind, holder_id, role)
        SELECT DISTINCT 'site', NEW.id, r.role FROM access_right r WHERE r.kind = 'site'
        ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER scopes AFTER INSERT ON territories_site
    FOR EACH ROW EXECUTE FUNCTION territories_scopes_of_site();

CREATE FUNCTION territories_scope_of_mission() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_scope (kind, holder_id, role)
        SELECT DISTINCT 'mission', NEW.id, r.role FROM access_right r
        WHERE r.kind = 'mission' AND r.role = NEW.role
        ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER scope AFTER INSERT ON territories_mission
    FOR EACH ROW EXECUTE FUNCTION territories_scope_of_mission();

-- The identity of one transaction. Nobody, a closed account or no mission today: empty scopes, zero rows.
CREATE FUNCTION identify(actor bigint, on_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held_scopes bigint[];
    held_roles text[];
    known bigint;
BEGIN
    SELECT id INTO known FROM access_user WHERE id = actor AND is_active;
    SELECT coalesce(array_agg(DISTINCT s.id) FILTER (WHERE s.id IS NOT NULL), '{}'),
           coalesce(array_agg(DISTINCT m.role), '{}')
      INTO held_scopes, held_roles
      FROM territories_mission m
      LEFT JOIN access_scope s
             ON (s.kind = 'site' AND s.holder_id = m.site_id AND s.role = m.role)
             OR (s.kind = 'mission' AND s.holder_id = m.id AND s.role = m.role)
     WHERE m.user_id = known AND m.valid @> on_day;
    PERFORM set_config('app.actor', coalesce(known::text, ''), true),
            set_config('app.today', coalesce(on_day::text, ''), true),
            set_config('app.scopes', held_scopes::text, true),
            set_config('app.roles', held_roles::text, true);
END $$;
REVOKE ALL ON FUNCTION identify(bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identify(bigint, date) TO convergence_web, convergence_worker, convergence_maint;

-- Whether the actor holds one of these roles at the site today.
CREATE FUNCTION holds_at_site(wanted_site bigint, VARIADIC wanted_roles text[]) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM territories_mission m
         WHERE m.user_id = nullif(current_setting('app.actor', true), '')::bigint
           AND m.site_id = wanted_site AND m.role = ANY (wanted_roles)
           AND m.valid @> nullif(current_setting('app.today', true), '')::date);
REVOKE ALL ON FUNCTION holds_at_site(bigint, text[]), territories_scopes_of_site(), territories_scope_of_mission()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION holds_at_site(bigint, text[]) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("territories", "0001_initial"), ("access", "0002_rights_and_libraries")]
    operations = [migrations.RunSQL(FUNCTIONS)]
