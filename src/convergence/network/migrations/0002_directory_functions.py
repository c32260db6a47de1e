"""The directory's functions: what stands of a record, the words that the search looks at, batches of an import."""

from django.db import migrations

RECORDS = """
-- What stands of a record: our corrections over what its source says, without what is empty.
CREATE FUNCTION directory_record(theirs jsonb, corrected jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN corrected = '{}' THEN theirs
        ELSE jsonb_strip_nulls(theirs || (SELECT jsonb_object_agg(key, value -> 'ours') FROM jsonb_each(corrected)))
        END;

-- Words as they are written and by their French stem: the first finds what is being typed, the second plurals.
-- Descriptions, which are long, have their stems alone.
CREATE FUNCTION directory_vector(words text, weight "char") RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('pg_catalog.simple'::regconfig, words)
                     || to_tsvector('pg_catalog.french'::regconfig, words), weight);

CREATE FUNCTION directory_tags(record jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_remove(ARRAY(
        SELECT 'theme:' || t FROM jsonb_array_elements_text(record -> 'thematiques') t
        UNION ALL
        SELECT DISTINCT 'category:' || split_part(t, '--', 1) FROM jsonb_array_elements_text(record -> 'thematiques') t
        UNION ALL SELECT 'public:' || p FROM jsonb_array_elements_text(record -> 'publics') p
        UNION ALL SELECT 'mode:' || m FROM jsonb_array_elements_text(record -> 'modes_accueil') m
    ) || ('type:' || (record ->> 'type')) || ('fee:' || (record ->> 'frais')), NULL);
"""

ENTRIES = """
CREATE FUNCTION directory_refresh_structures(ids bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM network_entry WHERE structure_id = ANY (ids) AND service_id IS NULL;
    INSERT INTO network_entry (structure_id, words, tags, insee, latitude, longitude, updated_on)
    SELECT s.id,
           directory_vector(plain(r ->> 'nom'), 'A')
           || directory_vector(plain(coalesce(r ->> 'commune', '')), 'C')
           || setweight(to_tsvector('pg_catalog.french', plain(left(coalesce(r ->> 'description', ''), 250))), 'D'),
           directory_tags(r), coalesce(r ->> 'code_insee', ''),
           (r ->> 'latitude')::float8, (r ->> 'longitude')::float8, s.updated_on
      FROM network_structure s, directory_record(s.theirs, s.corrected) r
     WHERE s.id = ANY (ids) AND s.closed_on IS NULL;
    INSERT INTO network_word (word)
    SELECT DISTINCT w FROM network_structure s,
           unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', plain(s.theirs ->> 'nom')))) w
     WHERE s.id = ANY (ids) AND w ~ '^[a-z]{4,30}$'
        ON CONFLICT DO NOTHING;
$$;

CREATE FUNCTION directory_refresh_services(ids bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM network_entry WHERE service_id = ANY (ids);
    INSERT INTO network_entry (structure_id, service_id, words, tags, insee, latitude, longitude, updated_on)
    SELECT v.structure_id, v.id,
           directory_vector(plain(r ->> 'nom'), 'A')
           || directory_vector(plain(coalesce(o ->> 'nom', '')), 'B')
           || directory_vector(
                plain(translate(concat_ws(' ', r ->> 'thematiques', r ->> 'type',
                                          coalesce(r ->> 'commune', o ->> 'commune')), '-"[],', '     ')), 'C')
           || setweight(to_tsvector('pg_catalog.french', plain(left(coalesce(r ->> 'description', ''), 250))), 'D'),
           directory_tags(r), coalesce(r ->> 'code_insee', o ->> 'code_insee', ''),
           -- A service without a place of its own is at its structure's; half a place is none.
           CASE WHEN r ? 'latitude' AND r ? 'longitude' THEN r ->> 'latitude' ELSE o ->> 'latitude' END::float8,
           CASE WHEN r ? 'latitude' AND r ? 'longitude' THEN r ->> 'longitude' ELSE o ->> 'longitude' END::float8,
           v.updated_on
      FROM network_service v JOIN network_structure s ON s.id = v.structure_id,
           directory_record(v.theirs, v.corrected) r, directory_record(s.theirs, s.corrected) o
     WHERE v.id = ANY (ids) AND v.closed_on IS NULL AND s.closed_on IS NULL;
    INSERT INTO network_word (word)
    SELECT DISTINCT w FROM network_service v,
           unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', plain(v.theirs ->> 'nom')))) w
     WHERE v.id = ANY (ids) AND w ~ '^[a-z]{4,30}$'
        ON CONFLICT DO NOTHING;
$$;

CREATE FUNCTION directory_structures_came() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM directory_refresh_structures((SELECT array_agg(id) FROM came));
    RETURN NULL;
END $$;
CREATE TRIGGER entries_came AFTER INSERT ON network_structure REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION directory_structures_came();

CREATE FUNCTION directory_services_came() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM directory_refresh_services((SELECT array_agg(id) FROM came));
    RETURN NULL;
END $$;
CREATE TRIGGER entries_came AFTER INSERT ON network_service REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION directory_services_came();

-- Of a structure that changed, the services' words and places change with it.
CREATE FUNCTION directory_structures_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed bigint[];
BEGIN
    SELECT array_agg(a.id) INTO changed FROM after_it a JOIN before_it b USING (id)
     WHERE (a.theirs, a.corrected, a.closed_on) IS DISTINCT FROM (b.theirs, b.corrected, b.closed_on);
    IF changed IS NOT NULL THEN
        PERFORM directory_refresh_structures(changed);
        PERFORM directory_refresh_services(ARRAY(SELECT id FROM network_service WHERE structure_id = ANY (changed)));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_changed AFTER UPDATE ON network_structure
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION directory_structures_changed();

CREATE FUNCTION directory_services_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed bigint[];
BEGIN
    SELECT array_agg(a.id) INTO changed FROM after_it a JOIN before_it b USING (id)
     WHERE (a.theirs, a.corrected, a.closed_on, a.structure_id)
           IS DISTINCT FROM (b.theirs, b.corrected, b.closed_on, b.structure_id);
    IF changed IS NOT NULL THEN
        PERFORM directory_refresh_services(changed);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_changed AFTER UPDATE ON network_service
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION directory_services_changed();

-- Each town where its entries stand on average; made again at the end of an import.
CREATE FUNCTION directory_refresh_towns() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM network_town;
    INSERT INTO network_town (insee, name, plain_name, postcode, latitude, longitude, entries)
    SELECT e.insee, c.name, plain(c.name), c.postcode, avg(e.latitude), avg(e.longitude), count(*)
      FROM network_entry e JOIN (
            SELECT s.theirs ->> 'code_insee' AS insee, min(s.theirs ->> 'commune') AS name,
                   coalesce(min(s.theirs ->> 'code_postal'), '') AS postcode
              FROM (SELECT theirs FROM network_structure UNION ALL SELECT theirs FROM network_service) s
             WHERE s.theirs ? 'commune' AND s.theirs ? 'code_insee' GROUP BY 1
           ) c USING (insee)
     WHERE e.latitude IS NOT NULL AND e.longitude IS NOT NULL
     GROUP BY e.insee, c.name, c.postcode;
$$;
"""

# One for each kind; services also look for their structure.
_WRITE = """
CREATE FUNCTION directory_write_%(kind)ss(run uuid, file smallint, batch jsonb)
    RETURNS TABLE (row_number integer, verdict text, other_file smallint, other_row integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM directory_check_writer(run);
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(batch)
                   AS g(row_number integer, id text, source text, updated date, structure text, data jsonb)
    ), judged AS MATERIALIZED (
        SELECT g.*, k.id AS known, %(parent)s AS parent, k.seen_file, k.seen_row,
               g.updated >= k.updated_on AS newer,
               CASE WHEN k.seen_import = run THEN 'duplicate'
                    WHEN %(orphan)s THEN 'orphan'
                    WHEN k.id IS NULL THEN 'created'
                    WHEN k.closed_on IS NOT NULL THEN 'reopened'
                    WHEN g.updated < k.updated_on THEN 'older'
                    WHEN k.theirs = g.data THEN 'same'
                    ELSE 'updated' END AS verdict
          FROM given g LEFT JOIN network_%(kind)s k ON k.external_id = g.id %(join)s
    ), changed AS (
        UPDATE network_%(kind)s k
           SET seen_import = run, seen_file = $2, seen_row = j.row_number,
               theirs = CASE WHEN j.verdict IN ('updated', 'reopened') AND j.newer THEN j.data ELSE k.theirs END,
               updated_on = greatest(k.updated_on, CASE WHEN j.verdict <> 'orphan' THEN j.updated END),
               closed_on = CASE WHEN j.verdict <> 'orphan' THEN NULL ELSE k.closed_on END
               %(set)s
          FROM judged j WHERE k.id = j.known AND j.verdict <> 'duplicate'
    ), made AS (
        INSERT INTO network_%(kind)s
               (external_id, source, theirs, updated_on, seen_import, seen_file, seen_row%(column)s)
        SELECT j.id, j.source, j.data, j.updated, run, $2, j.row_number%(value)s
          FROM judged j WHERE j.verdict = 'created' ORDER BY j.row_number
    )
    SELECT j.row_number, j.verdict, j.seen_file, j.seen_row FROM judged j WHERE true;
END $$;
"""

WRITING = (
    """
-- A batch is written by whoever asked for the import, while it lasts.
CREATE FUNCTION directory_check_writer(run uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM network_directoryimport i
         WHERE i.id = run AND i.asked_by_id = nullif(current_setting('app.actor', true), '')::bigint
    ) OR NOT coalesce(nullif(current_setting('app.roles', true), '')::text[]
                      && ARRAY['partnership_officer', 'coordinator'], false) THEN
        RAISE EXCEPTION 'not an import of this account' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
"""
    + _WRITE
    % {
        "kind": "structure",
        "parent": "NULL::bigint",
        "orphan": "false",
        "join": "",
        "set": "",
        "column": "",
        "value": "",
    }
    + _WRITE
    % {
        "kind": "service",
        "parent": "p.id",
        "orphan": "p.id IS NULL",
        "join": "LEFT JOIN network_structure p ON p.external_id = g.structure",
        "set": ", structure_id = CASE WHEN j.verdict IN ('updated', 'reopened') AND j.newer THEN j.parent"
        " ELSE k.structure_id END",
        "column": ", structure_id",
        "value": ", j.parent",
    }
    + """
-- Rows that were refused were there all the same: a complete file does not close them.
CREATE FUNCTION directory_saw(run uuid, kind text, file smallint, ids text[], rows integer[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM directory_check_writer(run);
    IF kind = 'structure' THEN
        UPDATE network_structure k SET seen_import = run, seen_file = $3, seen_row = s.row_number
          FROM unnest(ids, rows) AS s(id, row_number) WHERE k.external_id = s.id AND k.seen_import <> run;
    ELSE
        UPDATE network_service k SET seen_import = run, seen_file = $3, seen_row = s.row_number
          FROM unnest(ids, rows) AS s(id, row_number) WHERE k.external_id = s.id AND k.seen_import <> run;
    END IF;
END $$;

-- What a complete file of a source no longer holds; told how many.
CREATE FUNCTION directory_close(run uuid, kind text, of_source text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    day date := nullif(current_setting('app.today', true), '')::date;
    closed integer;
BEGIN
    PERFORM directory_check_writer(run);
    IF kind = 'structure' THEN
        UPDATE network_structure SET closed_on = day
         WHERE source = of_source AND seen_import <> run AND closed_on IS NULL;
    ELSE
        UPDATE network_service SET closed_on = day
         WHERE source = of_source AND seen_import <> run AND closed_on IS NULL;
    END IF;
    GET DIAGNOSTICS closed = ROW_COUNT;
    RETURN closed;
END $$;

REVOKE ALL ON FUNCTION directory_check_writer(uuid), directory_refresh_structures(bigint[]),
    directory_refresh_services(bigint[]), directory_structures_came(), directory_services_came(),
    directory_structures_changed(), directory_services_changed(), directory_refresh_towns(),
    directory_write_structures(uuid, smallint, jsonb), directory_write_services(uuid, smallint, jsonb),
    directory_saw(uuid, text, smallint, text[], integer[]), directory_close(uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory_refresh_towns(), directory_write_structures(uuid, smallint, jsonb),
    directory_write_services(uuid, smallint, jsonb), directory_saw(uuid, text, smallint, text[], integer[]),
    directory_close(uuid, text, text) TO convergence_web, convergence_worker;
"""
)


class Migration(migrations.Migration):
    dependencies = [("network", "0001_directory"), ("platform", "0001_foundations")]
    operations = [migrations.RunSQL(RECORDS), migrations.RunSQL(ENTRIES), migrations.RunSQL(WRITING)]
