"""``readable`` follows supports and assignments; a person enters through ``admit_person``."""

from django.db import migrations

FUNCTIONS = """
-- Who reads a person because a site supports her, or because a mission follows her.
CREATE VIEW people_readable_source WITH (security_invoker = true) AS
    SELECT s.id AS scope_id, p.person_id, r.compartment, r.may_write, p.valid,
           'support'::varchar AS origin, p.id AS origin_id
      FROM people_support p
      JOIN access_scope s ON s.kind = 'site' AND s.holder_id = p.site_id
      JOIN access_right r ON r.kind = 'site' AND r.role = s.role
     WHERE p.superseded_at IS NULL
    UNION ALL
    -- A referent reads what only she reads as long as her site supports the person, and not a day more.
    SELECT s.id, a.person_id, r.compartment, r.may_write, a.valid * p.valid, 'assignment', a.id
      FROM people_assignment a
      JOIN territories_mission m ON m.id = a.mission_id
      JOIN people_support p ON p.person_id = a.person_id AND p.site_id = m.site_id
                           AND p.superseded_at IS NULL AND p.valid && a.valid
      JOIN access_scope s ON s.kind = 'mission' AND s.holder_id = m.id AND s.role = m.role
      JOIN access_right r ON r.kind = 'mission' AND r.role = s.role
     WHERE a.superseded_at IS NULL;

CREATE FUNCTION people_follow_readable() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whose bigint := coalesce(NEW.person_id, OLD.person_id);
BEGIN
    DELETE FROM access_readable WHERE person_id = whose;
    INSERT INTO access_readable (scope_id, person_id, compartment, may_write, valid, origin, origin_id)
        SELECT scope_id, person_id, compartment, may_write, valid, origin, origin_id
          FROM people_readable_source WHERE person_id = whose;
    RETURN NULL;
END $$;
CREATE TRIGGER readable AFTER INSERT OR UPDATE OR DELETE ON people_support
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable();
CREATE TRIGGER readable AFTER INSERT OR UPDATE OR DELETE ON people_assignment
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable();

-- All of readable made anew from its sources; after a change of rights, a restore, or a doubt.
CREATE FUNCTION rebuild_readable() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    DELETE FROM access_readable;
    INSERT INTO access_readable (scope_id, person_id, compartment, may_write, valid, origin, origin_id)
        SELECT scope_id, person_id, compartment, may_write, valid, origin, origin_id
          FROM people_readable_source;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION rebuild_readable() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rebuild_readable() TO convergence_maint;

-- A new person and her first support are one act: neither exists without the other.
CREATE FUNCTION admit_person(at_site bigint, since date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person bigint;
BEGIN
    IF NOT holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager')
       OR since IS NULL
       OR NOT EXISTS (SELECT 1 FROM territories_site s WHERE s.id = at_site AND s.open_over @> since)
       OR since > nullif(current_setting('app.today', true), '')::date THEN
        RAISE EXCEPTION 'the actor does not admit people there, then' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_person (created_at) VALUES (now()) RETURNING id INTO person;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (person, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
    RETURN person;
END $$;

-- Whether the actor may write the person's file today, as somebody who admits people at her site.
CREATE FUNCTION people_keeps_file(wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM access_readable r
         WHERE r.person_id = wanted AND r.compartment = 'identity' AND r.may_write
           AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
           AND r.valid @> nullif(current_setting('app.today', true), '')::date);

-- Another site of the same territory supports the person from a day on; those who follow her now hand her over.
CREATE FUNCTION open_support(wanted bigint, at_site bigint, since date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT people_keeps_file(wanted) OR since IS NULL
       OR since > nullif(current_setting('app.today', true), '')::date
       OR NOT EXISTS (
        SELECT 1 FROM people_support p
          JOIN territories_site here ON here.id = p.site_id
          JOIN territories_site there ON there.territory_id = here.territory_id
         WHERE p.person_id = wanted AND p.superseded_at IS NULL
           AND there.id = at_site AND there.open_over @> since) THEN
        RAISE EXCEPTION 'the actor does not hand this person over' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
END $$;

-- A site's support ends: its team reads up to the day before ``from_day``, and not after; tomorrow at the latest.
CREATE FUNCTION end_support(wanted bigint, at_site bigint, from_day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    running people_support;
BEGIN
    IF NOT people_keeps_file(wanted) OR from_day IS NULL
       OR from_day > nullif(current_setting('app.today', true), '')::date + 1
       OR NOT holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager') THEN
        RAISE EXCEPTION 'the actor does not end this support' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO running FROM people_support p
     WHERE p.person_id = wanted AND p.site_id = at_site AND p.superseded_at IS NULL
       AND lower(p.valid) < from_day AND (upper(p.valid) IS NULL OR upper(p.valid) > from_day)
       FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE people_support SET superseded_at = now() WHERE id = running.id;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(lower(running.valid), from_day), running.series, now(), 'screen');
    RETURN true;
END $$;

-- Who may say that a mission follows a person: its site supports her, and nobody makes herself the referent of
-- somebody whom another already followed: a colleague or the manager hands over. A version that only shortens the
-- one that it replaces asks nothing.
CREATE FUNCTION may_follow(wanted bigint, by_mission bigint, during daterange) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM territories_mission m
          JOIN people_support p ON p.site_id = m.site_id AND p.person_id = wanted AND p.superseded_at IS NULL
         WHERE m.id = by_mission
           AND (m.user_id <> nullif(current_setting('app.actor', true), '')::bigint
                OR holds_at_site(m.site_id, 'site_manager')
                OR NOT EXISTS (SELECT 1 FROM people_assignment a JOIN territories_mission o ON o.id = a.mission_id
                                WHERE a.person_id = wanted AND o.role = m.role AND o.user_id <> m.user_id)))
     OR EXISTS (
        SELECT 1 FROM people_assignment a
         WHERE a.person_id = wanted AND a.mission_id = by_mission AND a.valid @> during
           AND a.superseded_at = transaction_timestamp());

-- One append-only line per look at a person: the web role cannot write, change or read these rows itself. What is
-- recorded is what the actor reads of her today; nobody is recorded as looking at somebody whom she cannot see.
CREATE FUNCTION record_access(seen_page text, VARIADIC seen_people bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH recorded AS (
        INSERT INTO access_accessrecord (at, actor_id, acting_as, page, person_id, compartments)
        SELECT now(), current_setting('app.actor')::bigint, current_setting('app.roles')::text[], seen_page,
               r.person_id, array_agg(DISTINCT r.compartment ORDER BY r.compartment)
          FROM access_readable r
         WHERE r.person_id = ANY (seen_people)
           AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
           AND r.valid @> nullif(current_setting('app.today', true), '')::date
         GROUP BY r.person_id
        RETURNING 1)
    SELECT count(*) FROM recorded
$$;

REVOKE ALL ON FUNCTION people_follow_readable(), admit_person(bigint, date), people_keeps_file(bigint), open_support(bigint, bigint, date),
    end_support(bigint, bigint, date), may_follow(bigint, bigint, daterange), record_access(text, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admit_person(bigint, date), open_support(bigint, bigint, date),
    end_support(bigint, bigint, date), may_follow(bigint, bigint, daterange), record_access(text, bigint[])
    TO convergence_web, convergence_worker;

-- People by name, best first, among those whom the actor reads today. Every word asked for must be like some
-- word of one of the person's names; a word's beginning counts as the word.
CREATE FUNCTION search_people(words text, most integer) RETURNS TABLE (person_id bigint, likeness real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET pg_trgm.word_similarity_threshold = 0.34 AS $$
    WITH asked AS (
        SELECT term FROM regexp_split_to_table(plain(words), '[^[:alnum:]]+') AS term WHERE term <> ''
    ), found AS (
        SELECT n.person_id, n.id, a.term,
               CASE WHEN ' ' || translate(n.sort_key, '-''’', '   ') LIKE '% ' || a.term || '%' THEN 1
                    ELSE word_similarity(a.term, n.sort_key) END AS likeness
          FROM asked a JOIN people_personname n
            ON n.sort_key LIKE '%' || a.term || '%' OR a.term <% n.sort_key
         WHERE n.superseded_at IS NULL
           AND EXISTS (SELECT 1 FROM access_readable r
                        WHERE r.person_id = n.person_id AND r.compartment = 'identity'
                          AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
                          AND r.valid @> nullif(current_setting('app.today', true), '')::date)
    ), named AS (
        SELECT f.person_id, f.id, avg(f.likeness)::real AS likeness
          FROM found f GROUP BY f.person_id, f.id
        HAVING count(DISTINCT f.term) = (SELECT count(DISTINCT term) FROM asked)
    )
    SELECT n.person_id, max(n.likeness) FROM named n
     GROUP BY n.person_id ORDER BY max(n.likeness) DESC, n.person_id LIMIT most
$$;
REVOKE ALL ON FUNCTION search_people(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_people(text, integer) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("territories", "0002_scopes_and_identity")]
    operations = [migrations.RunSQL(FUNCTIONS)]
