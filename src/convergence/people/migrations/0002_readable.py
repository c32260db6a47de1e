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
    SELECT s.id, a.person_id, r.compartment, r.may_write, a.valid, 'assignment', a.id
      FROM people_assignment a
      JOIN access_scope s ON s.kind = 'mission' AND s.holder_id = a.mission_id
      JOIN access_right r ON r.kind = 'mission' AND r.role = s.role
     WHERE a.superseded_at IS NULL;

CREATE FUNCTION people_follow_readable() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    DELETE FROM access_readable WHERE origin = TG_ARGV[0] AND origin_id = NEW.id;
    INSERT INTO access_readable (scope_id, person_id, compartment, may_write, valid, origin, origin_id)
        SELECT scope_id, person_id, compartment, may_write, valid, origin, origin_id
          FROM people_readable_source WHERE origin = TG_ARGV[0] AND origin_id = NEW.id;
    RETURN NEW;
END $$;
CREATE TRIGGER readable AFTER INSERT OR UPDATE ON people_support
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable('support');
CREATE TRIGGER readable AFTER INSERT OR UPDATE ON people_assignment
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable('assignment');

-- All of readable made anew from its sources; after a change of rights, a restore, or a doubt.
CREATE FUNCTION rebuild_readable() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
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
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    person bigint;
BEGIN
    IF NOT holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager') THEN
        RAISE EXCEPTION 'the actor does not admit people at this site' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_person (created_at) VALUES (now()) RETURNING id INTO person;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (person, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
    RETURN person;
END $$;
REVOKE ALL ON FUNCTION admit_person(bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admit_person(bigint, date) TO convergence_web, convergence_worker;

-- One append-only line per look at a person's page: the web role cannot write, change or read these rows itself.
CREATE FUNCTION record_access(seen_page text, seen_person bigint, seen_compartments text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO access_accessrecord (at, actor_id, acting_as, page, person_id, compartments)
        VALUES (now(), current_setting('app.actor')::bigint, current_setting('app.roles')::text[],
                seen_page, seen_person, seen_compartments);
END $$;
REVOKE ALL ON FUNCTION record_access(text, bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_access(text, bigint, text[]) TO convergence_web, convergence_worker;

-- People by name, best first, among those whom the actor reads today. Every word asked for must be like some
-- word of one of the person's names; a word's beginning counts as the word.
CREATE FUNCTION search_people(words text, most integer) RETURNS TABLE (person_id bigint, likeness real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
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
