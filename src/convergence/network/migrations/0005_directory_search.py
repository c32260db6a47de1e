"""Finding in the directory: trigram and full-text operators are not leakproof, so that their indexes serve no policy.

Definer functions answer instead, over rows that every account may read.
"""

from django.db import migrations

FUNCTIONS = """
-- Kilometres between two points on a sphere of the Earth's mean radius.
CREATE FUNCTION directory_kilometres(latitude float8, longitude float8, other_latitude float8, other_longitude float8)
    RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 2 * 6371.0 * asin(least(1, sqrt(
        power(sind((other_latitude - latitude) / 2), 2)
        + cosd(latitude) * cosd(other_latitude) * power(sind((other_longitude - longitude) / 2), 2))));

-- One query of words: each as it begins, or by its French stem. Words that say nothing are left out; of one or two
-- letters, only the whole word is looked for.
CREATE FUNCTION directory_query(words text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
    word text;
    stem tsquery;
    whole tsquery;
BEGIN
    FOREACH word IN ARRAY regexp_split_to_array(plain(words), '[^a-z0-9]+') LOOP
        CONTINUE WHEN word = '';
        stem := plainto_tsquery('pg_catalog.french', word);
        CONTINUE WHEN numnode(stem) = 0;
        stem := stem || to_tsquery('pg_catalog.simple', word || CASE WHEN length(word) > 2 THEN ':*' ELSE '' END);
        whole := CASE WHEN whole IS NULL THEN stem ELSE whole && stem END;
    END LOOP;
    RETURN whole;
END $$;

-- What is found: at most ``most`` rows from ``skip`` on, best first, and how many there are, up to ``cap``.
-- Every row of the directory is public: whoever is signed in is answered.
CREATE FUNCTION search_directory(
    words text, wanted text[], town text, latitude float8, longitude float8, radius float8,
    cap integer, most integer, skip integer)
    RETURNS TABLE (structure_id bigint, service_id bigint, kilometres float8, found bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    query tsquery := directory_query(words);
    north float8 := radius / 111.0;
    east float8 := radius / (111.0 * cosd(latitude));
    share float8;
    inside integer;
BEGIN
    -- Words in another script than ours are found nowhere; articles alone are no words.
    IF nullif(current_setting('app.actor', true), '') IS NULL
       OR (query IS NULL AND regexp_replace(plain(words), '[^[:alpha:]]', '', 'g') ~ '[^a-z]') THEN
        RETURN;
    END IF;
    IF radius IS NOT NULL THEN
        -- The nearest first, of all that match: nobody wants the best-written name at the other end of the county.
        -- On a plane, in degrees of latitude: thousands of rows are ordered so, and those that are shown measured.
        -- Where a smaller circle holds ``cap`` rows already, nothing further away would ever be shown; words are
        -- rare enough, and dear enough to look for, to be looked for once.
        FOREACH share IN ARRAY ARRAY[0.15, 0.4] LOOP
            EXIT WHEN query IS NOT NULL;
            SELECT count(*) INTO inside FROM (
                SELECT FROM network_entry e
                 WHERE (wanted = '{}' OR e.tags @> wanted)
                   AND e.latitude BETWEEN search_directory.latitude - north * share
                                      AND search_directory.latitude + north * share
                   AND e.longitude BETWEEN search_directory.longitude - east * share
                                       AND search_directory.longitude + east * share
                   AND (e.latitude - search_directory.latitude) ^ 2
                       + ((e.longitude - search_directory.longitude) * cosd(search_directory.latitude)) ^ 2
                       <= (north * share) ^ 2
                 LIMIT cap) met;
            IF inside >= cap THEN
                north := north * share;
                east := east * share;
                EXIT;
            END IF;
        END LOOP;
        RETURN QUERY
        WITH met AS MATERIALIZED (
            SELECT e.id, (e.latitude - search_directory.latitude) ^ 2
                         + ((e.longitude - search_directory.longitude) * cosd(search_directory.latitude)) ^ 2 AS far
              FROM network_entry e
             WHERE (query IS NULL OR e.words @@ query)
               AND (wanted = '{}' OR e.tags @> wanted)
               AND e.latitude BETWEEN search_directory.latitude - north AND search_directory.latitude + north
               AND e.longitude BETWEEN search_directory.longitude - east AND search_directory.longitude + east
        ), counted AS (
            SELECT m.id, m.far, count(*) OVER () AS all_of_them FROM met m WHERE m.far <= north ^ 2
             ORDER BY m.far, m.id LIMIT least(most, greatest(cap - skip, 0)) OFFSET skip
        )
        SELECT e.structure_id, e.service_id,
               directory_kilometres(search_directory.latitude, search_directory.longitude, e.latitude, e.longitude),
               least(c.all_of_them, cap)
          FROM counted c JOIN network_entry e USING (id) ORDER BY c.far, c.id;
        RETURN;
    END IF;
    -- Elsewhere the best names, of the first that match: what is met more often than ``cap`` wants another word.
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT e.structure_id, e.service_id, e.words, e.updated_on,
               directory_kilometres(search_directory.latitude, search_directory.longitude,
                                    e.latitude, e.longitude) AS far
          FROM network_entry e
         WHERE (query IS NULL OR e.words @@ query)
           AND (wanted = '{}' OR e.tags @> wanted)
           AND (town = '' OR e.insee = town)
         LIMIT cap
    )
    SELECT m.structure_id, m.service_id, m.far, count(*) OVER ()
      FROM met m
     ORDER BY CASE WHEN query IS NULL THEN 0
                   ELSE -round(ts_rank('{0.02, 0.2, 0.5, 1.0}', m.words, query)::numeric, 1) END,
              m.far NULLS LAST, m.updated_on DESC, m.structure_id, m.service_id
     LIMIT most OFFSET skip;
END $$;

-- Words that nobody wrote, put right: for each, the nearest word of the directory's names. NULL when nothing changes.
CREATE FUNCTION directory_mended(words text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    -- Whether a word is written anywhere is asked of the index: the planner would rather read the table through.
    SET enable_seqscan = off AS $$
DECLARE
    written text;
    near text;
    mended text[] := '{}';
    changed boolean := false;
BEGIN
    FOREACH written IN ARRAY regexp_split_to_array(plain(words), '[^a-z0-9]+') LOOP
        CONTINUE WHEN written = '';
        near := NULL;
        IF length(written) >= 4 AND NOT EXISTS (
                SELECT 1 FROM network_entry e WHERE e.words @@ directory_query(written)) THEN
            SELECT w.word INTO near FROM network_word w
             WHERE w.word % written ORDER BY similarity(w.word, written) DESC, w.word LIMIT 1;
        END IF;
        changed := changed OR near IS NOT NULL;
        mended := mended || coalesce(near, written);
    END LOOP;
    RETURN CASE WHEN changed THEN array_to_string(mended, ' ') END;
END $$;

REVOKE ALL ON FUNCTION
    search_directory(text, text[], text, float8, float8, float8, integer, integer, integer), directory_mended(text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    search_directory(text, text[], text, float8, float8, float8, integer, integer, integer), directory_mended(text)
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0004_directory_forgetting")]
    operations = [migrations.RunSQL(FUNCTIONS)]
