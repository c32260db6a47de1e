"""Links told as they stand: who may take one back, whether others still join the two, what a look was shown."""

from django.db import migrations

FUNCTIONS = """
-- What a search found, as [{low, high, probability, compared}]. Pairs that are found no more are closed, when nobody
-- decided them; two people said to be two are proposed again only if one of them goes by other names or another birth.
CREATE OR REPLACE FUNCTION keep_likenesses(wanted_territory bigint, on_day date, alike jsonb, only_people bigint[])
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    waiting bigint;
BEGIN
    INSERT INTO people_likeness AS l (territory_id, low_id, high_id, across, state, probability, compared, version,
                                      found_at)
    SELECT wanted_territory, f.low, f.high,
           NOT EXISTS (SELECT 1 FROM people_support a JOIN people_support b ON b.site_id = a.site_id
                        WHERE a.person_id = f.low AND b.person_id = f.high AND a.superseded_at IS NULL
                          AND b.superseded_at IS NULL AND a.valid @> on_day AND b.valid @> on_day),
           'open', f.probability, f.compared, 1, now()
      FROM jsonb_to_recordset(alike) AS f (low bigint, high bigint, probability smallint, compared jsonb)
     ORDER BY f.low, f.high
        ON CONFLICT (low_id, high_id) DO UPDATE
       SET territory_id = excluded.territory_id, across = excluded.across,
           probability = CASE WHEN l.state = 'linked' THEN l.probability ELSE excluded.probability END,
           compared = CASE WHEN l.state IN ('linked', 'apart')
                            AND l.compared -> 'versions' IS NOT DISTINCT FROM excluded.compared -> 'versions'
                           THEN l.compared ELSE excluded.compared END,
           version = l.version + CASE WHEN l.state = 'gone'
                            OR l.compared -> 'versions' IS DISTINCT FROM excluded.compared -> 'versions'
                           THEN 1 ELSE 0 END,
           decided_at = CASE WHEN l.state = 'apart'
                            AND l.compared -> 'versions' IS DISTINCT FROM excluded.compared -> 'versions'
                           THEN NULL ELSE l.decided_at END,
           decided_by_id = CASE WHEN l.state = 'apart'
                            AND l.compared -> 'versions' IS DISTINCT FROM excluded.compared -> 'versions'
                           THEN NULL ELSE l.decided_by_id END,
           state = CASE WHEN l.state = 'gone' THEN 'open'
                        WHEN l.state = 'apart'
                         AND l.compared -> 'versions' IS DISTINCT FROM excluded.compared -> 'versions' THEN 'open'
                        ELSE l.state END;
    -- Those decided and found no more: who may take it back follows the supports of the day.
    UPDATE people_likeness l SET across = NOT l.across
     WHERE l.territory_id = wanted_territory AND l.state IN ('linked', 'apart')
       AND (only_people IS NULL OR l.low_id = ANY (only_people) OR l.high_id = ANY (only_people))
       AND l.across = EXISTS (SELECT 1 FROM people_support a JOIN people_support b ON b.site_id = a.site_id
                               WHERE a.person_id = l.low_id AND b.person_id = l.high_id AND a.superseded_at IS NULL
                                 AND b.superseded_at IS NULL AND a.valid @> on_day AND b.valid @> on_day);
    UPDATE people_likeness l
       SET state = 'gone', version = l.version + 1, decided_at = NULL, decided_by_id = NULL
     WHERE l.territory_id = wanted_territory AND l.state IN ('open', 'unsure')
       AND (only_people IS NULL OR l.low_id = ANY (only_people) OR l.high_id = ANY (only_people))
       AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(alike) AS f (low bigint, high bigint)
                        WHERE f.low = l.low_id AND f.high = l.high_id);
    INSERT INTO people_likenesssearch AS s (territory_id, searched_at, refreshed_at)
        VALUES (wanted_territory, now(), now())
        ON CONFLICT (territory_id) DO UPDATE
       SET refreshed_at = now(), searched_at = CASE WHEN only_people IS NULL THEN now() ELSE s.searched_at END;
    SELECT count(*) INTO waiting FROM people_likeness l
     WHERE l.territory_id = wanted_territory AND l.state = 'open';
    RETURN waiting;
END $$;

-- One decision. Answers 'done' ('done, joined by others' where a link is taken back and other links still join the
-- two), or why not: 'changed' (somebody decided first, or what was compared changed), 'years'
-- (three files or more of which two say different years of birth), 'apart' (two of those it would join were said to be
-- two people), 'joined' (other links already make them one), 'missing' (no such pair for this actor).
CREATE OR REPLACE FUNCTION decide_likeness(wanted bigint, seen integer, said text, sealed bytea) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    pair people_likeness;
    group_of_both bigint[];
    actor bigint := nullif(current_setting('app.actor', true), '')::bigint;
BEGIN
    -- Links make groups: two decisions that would join the same people by different pairs wait for each other.
    PERFORM pg_advisory_xact_lock(hashtextextended('likeness decisions', 0));
    SELECT * INTO pair FROM people_likeness l WHERE l.id = wanted FOR UPDATE;
    IF NOT FOUND OR actor IS NULL OR NOT reaches_likeness(pair) THEN
        RETURN 'missing';
    END IF;
    IF pair.version <> seen
       OR (said IN ('same', 'apart') AND pair.state NOT IN ('open', 'unsure'))
       OR (said = 'unsure' AND pair.state <> 'open')
       OR (said = 'undone' AND pair.state NOT IN ('unsure', 'linked', 'apart')) THEN
        RETURN 'changed';
    END IF;
    IF said = 'same' THEN
        SELECT array_agg(DISTINCT g.id) INTO group_of_both
          FROM (SELECT linked_people(pair.low_id) AS id UNION ALL SELECT linked_people(pair.high_id)) g;
        IF cardinality(group_of_both) > 2 AND (
            SELECT count(DISTINCT c.birth_year) FROM people_civilstatus c
             WHERE c.person_id = ANY (group_of_both) AND c.superseded_at IS NULL) > 1 THEN
            RETURN 'years';
        END IF;
        IF EXISTS (SELECT 1 FROM people_likeness l WHERE l.state = 'apart'
                      AND l.low_id = ANY (group_of_both) AND l.high_id = ANY (group_of_both)) THEN
            RETURN 'apart';
        END IF;
    ELSIF said = 'apart' AND pair.high_id IN (SELECT linked_people(pair.low_id)) THEN
        RETURN 'joined';
    END IF;
    INSERT INTO people_likenessdecision (likeness_id, verdict, decided_at, decided_by_id, probability, compared, words)
        VALUES (wanted, said, now(), actor, pair.probability, pair.compared, sealed);
    UPDATE people_likeness
       SET state = CASE said WHEN 'same' THEN 'linked' WHEN 'apart' THEN 'apart' WHEN 'unsure' THEN 'unsure'
                             ELSE 'open' END,
           decided_at = CASE WHEN said = 'undone' THEN NULL ELSE now() END,
           decided_by_id = CASE WHEN said = 'undone' THEN NULL ELSE actor END,
           version = version + 1
     WHERE id = wanted;
    IF said = 'undone' AND pair.state = 'linked' AND pair.high_id IN (SELECT linked_people(pair.low_id)) THEN
        RETURN 'done, joined by others';
    END IF;
    RETURN 'done';
END $$;

-- What a link shares of the person's other files with those who keep this one: her names and birth as noted there,
-- the sites, and who linked them. Worked out when it is asked for: a link undone leaves nothing behind.
CREATE OR REPLACE FUNCTION linked_files(wanted bigint, seen_page text)
    RETURNS TABLE (person_id bigint, names jsonb, birth_year integer, birth_month integer, birth_day integer,
                   sites jsonb, linked_at timestamptz, linked_by text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    others bigint[];
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM access_readable r
         WHERE r.person_id = wanted AND r.compartment = 'contact' AND r.may_write
           AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
           AND r.valid @> nullif(current_setting('app.today', true), '')::date) THEN
        RETURN;
    END IF;
    SELECT array_agg(g.id) INTO others FROM linked_people(wanted) AS g (id) WHERE g.id <> wanted;
    IF others IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO access_accessrecord (at, actor_id, acting_as, page, person_id, compartments)
    SELECT now(), current_setting('app.actor')::bigint, current_setting('app.roles')::text[], seen_page, o.id,
           -- Whoever keeps the working side is shown the PASS and the days used as well.
           CASE WHEN EXISTS (
                    SELECT 1 FROM access_readable r
                     WHERE r.person_id = wanted AND r.compartment = 'work' AND r.may_write
                       AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
                       AND r.valid @> nullif(current_setting('app.today', true), '')::date)
                THEN ARRAY['contact', 'identity', 'work'] ELSE ARRAY['contact', 'identity'] END
      FROM unnest(others) AS o (id);
    RETURN QUERY
    SELECT o.id,
           (SELECT jsonb_agg(jsonb_build_object('kind', n.kind, 'given', n.given_name, 'family', n.family_name)
                             ORDER BY n.kind = 'usual' DESC, n.id)
              FROM people_personname n WHERE n.person_id = o.id AND n.superseded_at IS NULL),
           c.birth_year::integer, c.birth_month::integer, c.birth_day::integer,
           (SELECT jsonb_agg(jsonb_build_object('name', s.name, 'from', lower(p.valid), 'to', upper(p.valid) - 1)
                             ORDER BY p.valid, p.id)
              FROM people_support p JOIN territories_site s ON s.id = p.site_id
             WHERE p.person_id = o.id AND p.superseded_at IS NULL),
           l.decided_at, u.given_name || ' ' || u.family_name
      FROM unnest(others) AS o (id)
      LEFT JOIN people_civilstatus c ON c.person_id = o.id AND c.superseded_at IS NULL
      -- The link by which the file came to the others: her own with this one, or else the first with any of them.
      LEFT JOIN LATERAL (
            SELECT l.decided_at, l.decided_by_id FROM people_likeness l
             WHERE l.state = 'linked' AND (l.low_id = o.id OR l.high_id = o.id)
             ORDER BY wanted IN (l.low_id, l.high_id) DESC, l.decided_at LIMIT 1) l ON true
      LEFT JOIN access_user u ON u.id = l.decided_by_id
     ORDER BY o.id;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_supports_at_a_site")]
    operations = [migrations.RunSQL(FUNCTIONS)]
