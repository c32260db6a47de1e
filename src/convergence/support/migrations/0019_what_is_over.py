"""What a balance no longer counts, what a death ends, and whether a conference of several sites decided something."""

from django.db import migrations, models

FUNCTIONS = """
-- Nothing is asked any more about somebody who died, whichever compartments are written by whoever notes it.
CREATE FUNCTION support_set_aside_alerts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    died boolean := EXISTS (SELECT 1 FROM pathways_exit e
                             WHERE e.person_id = NEW.person_id AND e.motive = 17 AND e.superseded_at IS NULL);
BEGIN
    UPDATE support_alert SET set_aside = died WHERE person_id = NEW.person_id AND set_aside <> died;
    RETURN NULL;
END $$;
CREATE TRIGGER alerts_of_the_dead AFTER INSERT OR UPDATE ON pathways_exit
    FOR EACH ROW WHEN (NEW.motive = 17) EXECUTE FUNCTION support_set_aside_alerts();
UPDATE support_alert a SET set_aside = true
 WHERE EXISTS (SELECT 1 FROM pathways_exit e
                WHERE e.person_id = a.person_id AND e.motive = 17 AND e.superseded_at IS NULL);

DROP FUNCTION support_care_balance(bigint[]);

-- For the missions of sites at which the actor supports people or manages. Alerts of justice are not counted, nor those
-- that are over: ``over`` says the latest day on which an alert that is over hangs, by « kind value », or « kind * ».
CREATE FUNCTION support_care_balance(at_sites bigint[], over jsonb)
    RETURNS TABLE (mission_id bigint, people bigint, asking bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT nullif(current_setting('app.today', true), '')::date AS today
    ), followed AS MATERIALIZED (
        SELECT DISTINCT m.id AS mission, a.person_id AS person, today
          FROM asked
          JOIN territories_mission m ON m.site_id = ANY (at_sites) AND m.valid @> today
                                    AND m.role IN ('counsellor', 'support_worker')
          JOIN people_assignment a ON a.mission_id = m.id AND a.superseded_at IS NULL AND a.valid @> today
          JOIN people_support p ON p.person_id = a.person_id AND p.site_id = m.site_id
                               AND p.superseded_at IS NULL AND p.valid @> today
         WHERE holds_at_site(m.site_id, 'counsellor', 'support_worker', 'site_manager')
    )
    SELECT mission, count(*),
           count(*) FILTER (WHERE EXISTS (SELECT 1 FROM support_alert l
                                           WHERE l.person_id = person AND l.begins_on <= today
                                             AND l.compartment <> 'justice' AND NOT l.set_aside
                                             AND ((l.about ->> 'on')::date
                                                  <= coalesce(over ->> concat(l.kind, ' ', l.about ->> 'value'),
                                                              over ->> concat(l.kind, ' *'))::date) IS NOT TRUE))
      FROM followed GROUP BY mission
$$;

-- The agenda of a conference goes with it, every site's, unless one of them decided something: then false. Asked by
-- those who support people at one of its sites; nothing is told of whom.
CREATE FUNCTION close_agenda(of_conference uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM support_conference c
         WHERE c.series = of_conference AND c.superseded_at IS NULL
           AND (holds_at_site(c.site_id, 'counsellor', 'support_worker')
                OR EXISTS (SELECT 1 FROM unnest(c.also_sites) AS also
                            WHERE holds_at_site(also, 'counsellor', 'support_worker')))) THEN
        RAISE EXCEPTION 'the actor takes no part in this conference' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT 1 FROM support_conferencedecision d
                WHERE d.conference = of_conference AND d.superseded_at IS NULL) THEN
        RETURN false;
    END IF;
    UPDATE support_discussion SET superseded_at = now() WHERE conference = of_conference AND superseded_at IS NULL;
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION support_set_aside_alerts(), support_care_balance(bigint[], jsonb), close_agenda(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION support_care_balance(bigint[], jsonb), close_agenda(uuid)
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0018_decisions_kept"), ("pathways", "0014_who_reads_the_path")]

    operations = [
        migrations.AddField(
            model_name="alert", name="set_aside", field=models.BooleanField(db_default=False, editable=False)
        ),
        migrations.RunSQL(FUNCTIONS),
    ]
