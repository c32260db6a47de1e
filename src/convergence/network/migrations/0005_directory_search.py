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
BEGIN
    -- Words in another script than ours are found nowhere; articles alone are no words.
    IF nullif(current_setting('app.actor', true), '') IS NULL
       OR (query IS NULL AND regexp_replace(plain(words), '[^[:alpha:]]', '', 'g') ~ '[^a-z]') THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT e.structure_id, e.service_id, e.words, e.updated_on,
               directory_kilometres(search_directory.latitude, search_directory.longitude, e.latitude, e.longitude) AS far
          FROM network_entry e
         WHERE (query IS NULL OR e.words @@ query)
           AND (wanted = '{}' OR e.tags @> wanted)
           AND (town = '' OR e.insee = town)
           AND (radius IS NULL OR (
                e.latitude BETWEEN search_directory.latitude - north AND search_directory.latitude + north
                AND e.longitude BETWEEN search_directory.longitude - east AND search_directory.longitude + east
                AND directory_kilometres(search_directory.latitude, search_directory.longitude,
                                         e.latitude, e.longitude) <= radius))
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
