"""Hours without contracts: who is under contract when, the sums of a site's months, and closed months stay closed."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION hours_absent(absences jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp
    RETURN (SELECT coalesce(sum(hours::numeric), 0) FROM jsonb_each_text(absences) AS each (kind, hours));
CREATE FUNCTION hours_absent(absences jsonb, kinds text[]) RETURNS numeric
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp
    RETURN (SELECT coalesce(sum(hours::numeric), 0) FROM jsonb_each_text(absences) AS each (kind, hours)
             WHERE kind = ANY (kinds));
CREATE FUNCTION hours_absences_hold(absences jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp
    RETURN jsonb_typeof(absences) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each_text(absences) AS each (kind, hours) WHERE hours IS NULL OR hours !~ '^[0-9]{1,3}([.][0-9]{1,2})?$');
ALTER TABLE pathways_monthhours ADD CONSTRAINT month_hours_absences_hold CHECK (hours_absences_hold(absences));

-- One lock for a site's month: whoever types waits for whoever closes, and the other way round.
CREATE FUNCTION hours_lock(at_site bigint, of_month date) RETURNS bigint
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp
    RETURN hashtextextended('hours:' || at_site || ':' || (of_month - date '2000-01-01'), 0);

CREATE FUNCTION hours_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hours_lock(NEW.site_id, NEW.month));
    IF EXISTS (SELECT FROM pathways_monthclosing c
                WHERE c.site_id = NEW.site_id AND c.month = NEW.month AND c.superseded_at IS NULL AND c.closed) THEN
        RAISE EXCEPTION 'the month is closed at this site'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'month_hours_not_closed';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM pathways_contract c
         WHERE c.series = NEW.contract AND c.person_id = NEW.person_id AND c.site_id = NEW.site_id) THEN
        RAISE EXCEPTION 'no such contract of this person at this site'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'month_hours_of_a_contract';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON pathways_monthhours
    FOR EACH ROW EXECUTE FUNCTION hours_guard();

CREATE FUNCTION hours_closing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hours_lock(NEW.site_id, NEW.month));
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON pathways_monthclosing
    FOR EACH ROW EXECUTE FUNCTION hours_closing();

-- Whether the actor works at the site today, as somebody who types hours there.
CREATE FUNCTION hours_kept_at(at_site bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN holds_at_site(at_site, 'work_supervisor', 'counsellor', 'support_worker', 'site_manager');

-- What a rota says of contracts: who, where, when, how many hours a week; of people whose hours the actor reads, at
-- the sites where she works. ``changes``: the amendments of its hours, each with its first day.
CREATE FUNCTION hours_contracts(at_site bigint, wanted bigint, during daterange)
    RETURNS TABLE (contract uuid, person_id bigint, site_id bigint, programme text, weekly_hours numeric,
                   valid daterange, changes jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.series, c.person_id, c.site_id, c.programme, c.weekly_hours, c.valid,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(a.valid), 'before', a.hours_before,
                                                         'hours', a.weekly_hours) ORDER BY lower(a.valid)), '[]')
              FROM pathways_amendment a
             WHERE a.contract = c.series AND a.superseded_at IS NULL AND a.weekly_hours IS NOT NULL)
      FROM pathways_contract c
     WHERE c.superseded_at IS NULL AND c.site_id IS NOT NULL AND c.valid && during
       AND (at_site IS NULL OR c.site_id = at_site) AND (wanted IS NULL OR c.person_id = wanted)
       AND (at_site IS NOT NULL OR wanted IS NOT NULL)
       AND hours_kept_at(c.site_id)
       AND EXISTS (SELECT FROM access_readable r
                    WHERE r.person_id = c.person_id AND r.compartment = 'hours'
                      AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
                      AND r.valid @> nullif(current_setting('app.today', true), '')::date)
$$;

-- The months of a site in sums, people whom it no longer supports included: contracts under way, how many of them are
-- hidden from the actor, how many have their hours typed, hours planned, worked, absent, paid.
CREATE FUNCTION hours_months(at_site bigint, during daterange, paid_kinds text[])
    RETURNS TABLE (month date, contracts bigint, hidden bigint, typed bigint, planned numeric, worked numeric,
                   absent numeric, paid numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH months AS (
        SELECT d::date AS month, daterange(d::date, (d + interval '1 month')::date) AS days
          FROM generate_series(lower(during)::timestamp, upper(during)::timestamp - interval '1 day',
                               interval '1 month') AS d
         WHERE hours_kept_at(at_site)
    ), running AS (
        SELECT m.month, c.series, NOT EXISTS (
                   SELECT FROM access_readable r
                    WHERE r.person_id = c.person_id AND r.compartment = 'hours'
                      AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
                      AND r.valid @> nullif(current_setting('app.today', true), '')::date) AS hidden
          FROM months m JOIN pathways_contract c
            ON c.site_id = at_site AND c.superseded_at IS NULL AND c.valid && m.days
    ), typed AS (
        SELECT h.month, h.contract, h.planned, h.worked, hours_absent(h.absences) AS absent,
               h.worked + hours_absent(h.absences, paid_kinds) AS paid
          FROM pathways_monthhours h JOIN months m ON m.month = h.month
         WHERE h.site_id = at_site AND h.superseded_at IS NULL
    )
    SELECT m.month,
           (SELECT count(*) FROM running r WHERE r.month = m.month),
           (SELECT count(*) FROM running r WHERE r.month = m.month AND r.hidden),
           (SELECT count(*) FROM running r JOIN typed t ON t.month = r.month AND t.contract = r.series
             WHERE r.month = m.month AND t.worked IS NOT NULL),
           coalesce(sum(t.planned), 0), coalesce(sum(t.worked), 0), coalesce(sum(t.absent), 0),
           coalesce(sum(t.paid), 0)
      FROM months m LEFT JOIN typed t ON t.month = m.month
     GROUP BY m.month ORDER BY m.month
$$;

REVOKE ALL ON FUNCTION hours_guard(), hours_closing(), hours_kept_at(bigint),
    hours_contracts(bigint, bigint, daterange), hours_months(bigint, daterange, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hours_contracts(bigint, bigint, daterange), hours_months(bigint, daterange, text[])
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0010_hours")]
    operations = [migrations.RunSQL(FUNCTIONS)]
