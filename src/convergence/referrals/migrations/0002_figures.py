"""What referrals add up to, for those who read no name: small numbers never leave the database.

Every list of parts has its rule: a part of fewer than five people is not shown, nor the smallest others until those
that are not shown are two at least and five people in all; the whole is shown from five people on. So nothing follows
from a difference.
"""

from django.db import migrations

FUNCTIONS = """
-- Whether a part is withheld: it is small itself, or it hides a smaller one. ``so_far``: people of the parts from the
-- smallest up to this one; ``place``: its rank among them.
CREATE FUNCTION referrals_withheld(people bigint, some_small boolean, so_far numeric, place bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN people < 5 OR some_small AND (so_far - people < 5 OR place = 2);

-- The needs that weigh on people (rated 3 or 4) while no offer answers them, by site, where and in the domains that the
-- actor covers. « since » is the day from which the need has weighed without a break. site_id NULL: the whole territory.
CREATE FUNCTION referrals_unmet_needs() RETURNS TABLE (
        territory_id bigint, domain text, need text, site_id bigint, people bigint, long_ago bigint, median_days integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT nullif(current_setting('app.today', true), '')::date AS today
    ), covered AS MATERIALIZED (
        SELECT DISTINCT s.holder_id AS territory, s.role::text COLLATE "C" AS domain, n.need COLLATE "C" AS need
          FROM access_scope s
          JOIN (VALUES ('employment', 'basic_skills'), ('employment', 'autonomy_at_work'),
                       ('employment', 'career_plan'), ('employment', 'finding_a_job'), ('housing', 'housing'),
                       ('rights', 'access_to_rights'), ('rights', 'procedures'), ('daily_life', 'mobility'),
                       ('daily_life', 'money'), ('daily_life', 'family'), ('health', 'access_to_care'),
                       ('disability', 'compensation'), ('disability', 'recovery')) AS n (domain, need)
            ON n.domain = s.role
         WHERE s.kind = 'domain' AND s.id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
    ), hers AS MATERIALIZED (
        -- Needs first by person, whichever they are: asked need by need, the index would be gone through as many times.
        SELECT s.territory_id AS territory, s.id AS site, r.person_id AS person, r.need::text COLLATE "C" AS need,
               lower(r.valid) AS starts, upper(r.valid) AS ends
          FROM asked, territories_site s
          JOIN people_support p ON p.site_id = s.id
          JOIN support_need r ON r.person_id = p.person_id
         WHERE s.territory_id IN (SELECT territory FROM covered) AND p.superseded_at IS NULL AND p.valid @> today
           AND r.superseded_at IS NULL AND r.level >= 3
    ), rated AS (
        SELECT hers.*, c.domain FROM hers JOIN covered c ON c.territory = hers.territory AND c.need = hers.need
    ), marked AS (
        SELECT *, lag(ends) OVER (PARTITION BY person, site, need ORDER BY starts) IS DISTINCT FROM starts AS begins
          FROM rated
    ), weighing AS (
        SELECT territory, site, domain, need, person, max(starts) FILTER (WHERE begins) AS since
          FROM marked, asked
         GROUP BY person, territory, site, domain, need
        HAVING bool_or(starts <= today AND coalesce(ends > today, true))
    ), wanting AS (
        SELECT * FROM weighing w
         WHERE NOT EXISTS (SELECT 1 FROM referrals_referral f
                            WHERE f.person_id = w.person AND f.need = w.need AND f.superseded_at IS NULL
                              AND f.ended_on IS NULL AND f.offer_id IS NOT NULL)
        UNION ALL
        SELECT f.territory_id, f.site_id, c.domain, c.need, f.person_id, f.opened_on
          FROM referrals_referral f JOIN covered c
            ON c.territory = f.territory_id AND c.domain = f.domain AND c.need = f.need
         WHERE f.superseded_at IS NULL AND f.state = 'asked'
    ), each_once AS (
        SELECT territory, site, domain, need, person, min(since) AS since
          FROM wanting GROUP BY person, territory, site, domain, need
    ), cell AS (
        SELECT territory, site, domain, need, count(*) AS people,
               count(*) FILTER (WHERE since <= today - 90) AS long_ago,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY today - since) AS median_days
          FROM each_once, asked
         GROUP BY GROUPING SETS ((territory, site, domain, need), (territory, domain, need))
    ), judged AS (
        SELECT *, site IS NOT NULL AND referrals_withheld(
                      people, min(people) OVER parts < 5, sum(people) OVER earlier, row_number() OVER earlier)
                  OR people < 5 AS withheld
          FROM cell
        WINDOW parts AS (PARTITION BY territory, need, site IS NULL),
               earlier AS (parts ORDER BY people, site)
    )
    SELECT territory, domain::text, need::text, site,
           CASE WHEN NOT withheld THEN people END,
           CASE WHEN NOT withheld AND site IS NULL THEN support_shown(long_ago, ARRAY[people]) END,
           CASE WHEN NOT withheld THEN median_days END::integer
      FROM judged ORDER BY territory, domain, need, site NULLS FIRST
$$;

-- Referrals opened in a period on a territory, counted by domain and by parts: sites; partners ('0': no offer yet);
-- stages, their states, the sides that refused and their reasons; and how many found a place, or wait. n is NULL where
-- it is withheld; part_key NULL: the whole domain. What details another part is shown only where that part is.
CREATE FUNCTION referrals_counts(wanted bigint, first_day date, last_day date) RETURNS TABLE (
        part text, part_key text, domain text, measure text, n bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH opened AS MATERIALIZED (
        SELECT f.person_id AS person, f.domain, f.site_id, coalesce(o.partner_id, 0) AS partner_id, f.state,
               f.refused_by, f.refusal_reason,
               CASE WHEN f.state IN ('accepted', 'started', 'completed', 'interrupted') THEN 'placed'
                    WHEN f.state IN ('refused', 'cancelled', 'lapsed') THEN f.state ELSE 'waiting' END AS stage
          FROM referrals_referral f LEFT JOIN network_offer o ON o.id = f.offer_id
         WHERE f.superseded_at IS NULL AND f.territory_id = wanted AND f.opened_on BETWEEN first_day AND last_day
           AND wanted = ANY (network_territories('site_manager', 'partnership_officer', 'coordinator'))
    ), cell AS (
        SELECT p.part, p.part_key, p.within, opened.domain, m.measure, count(*) AS n, count(DISTINCT person) AS people
          FROM opened
         CROSS JOIN LATERAL (VALUES ('opened', true), ('placed', stage = 'placed'), ('waiting', stage = 'waiting')
               ) AS m (measure, counts)
         CROSS JOIN LATERAL (VALUES
               ('site', opened.site_id::text, NULL, true),
               ('partner', opened.partner_id::text, NULL, true),
               ('stage', opened.stage, NULL, m.measure = 'opened'),
               ('state', opened.state, opened.stage, m.measure = 'opened' AND stage IN ('placed', 'waiting')),
               ('side', opened.refused_by, 'refused', m.measure = 'opened' AND stage = 'refused'),
               ('reason', opened.refused_by || ' ' || refusal_reason, opened.refused_by,
                m.measure = 'opened' AND stage = 'refused')
               ) AS p (part, part_key, within, counts)
         WHERE m.counts AND p.counts
         GROUP BY GROUPING SETS ((p.part, p.part_key, p.within, opened.domain, m.measure),
                                 (p.part, opened.domain, m.measure))
        HAVING p.part_key IS NOT NULL OR p.part IN ('site', 'partner', 'stage')
    ), judged AS (
        SELECT *, people < 5 OR part_key IS NOT NULL AND referrals_withheld(
                      people, min(people) OVER parts < 5, sum(people) OVER earlier, row_number() OVER earlier) AS withheld
          FROM cell
        WINDOW parts AS (PARTITION BY part, within, domain, measure, part_key IS NULL),
               earlier AS (parts ORDER BY people, part_key)
    ), quiet AS MATERIALIZED (
        SELECT part, part_key, domain FROM judged
         WHERE withheld AND measure = 'opened' AND part IN ('stage', 'side') AND part_key IS NOT NULL
    ), told AS (
        SELECT *, withheld
               -- A measure of a site or a partner, where the site or the partner itself is not shown.
               OR bool_or(withheld AND measure = 'opened') OVER (PARTITION BY part, part_key, domain)
               -- A state within its stage, a side and its reasons within the refusals; a whole as its stage.
               OR (domain, CASE part WHEN 'reason' THEN 'refused' WHEN 'state' THEN within WHEN 'side' THEN within
                           ELSE CASE WHEN part_key IS NULL THEN measure END END)
                  IN (SELECT q.domain, q.part_key FROM quiet q WHERE q.part = 'stage')
               OR part = 'reason' AND (domain, within) IN (SELECT q.domain, q.part_key FROM quiet q WHERE q.part = 'side')
               AS silent
          FROM judged
    )
    SELECT part, part_key, domain::text, measure, CASE WHEN silent IS NOT TRUE THEN n END
      FROM told ORDER BY part, domain, measure, part_key NULLS FIRST
$$;

-- How partners answered what was sent to them in a period: those to whom at least five people were sent, in the domains
-- that the actor covers. partner_id NULL: all of a domain, whichever it is. Days are medians.
CREATE FUNCTION referrals_answers(wanted bigint, first_day date, last_day date) RETURNS TABLE (
        partner_id bigint, domain text, sent bigint, answered bigint, accepted bigint, days_to_answer integer,
        days_to_start integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.partner_id, f.domain::text, count(*), count(f.answered_on),
           CASE WHEN o.partner_id IS NULL THEN support_shown(count(f.accepted_on), ARRAY[count(f.answered_on)])
                ELSE count(f.accepted_on) END,
           (percentile_disc(0.5) WITHIN GROUP (ORDER BY f.answered_on - f.sent_on))::integer,
           (percentile_disc(0.5) WITHIN GROUP (ORDER BY f.started_on - f.sent_on))::integer
      FROM referrals_referral f JOIN network_offer o ON o.id = f.offer_id
     WHERE f.superseded_at IS NULL AND f.territory_id = wanted AND f.sent_on BETWEEN first_day AND last_day
       AND wanted = ANY (network_territories('partnership_officer', 'coordinator'))
     GROUP BY GROUPING SETS ((o.partner_id, f.domain), (f.domain))
    HAVING count(DISTINCT f.person_id) >= 5
       AND (o.partner_id IS NULL OR EXISTS (
            SELECT 1 FROM access_scope s
             WHERE s.kind = 'domain' AND s.holder_id = wanted AND s.role = f.domain
               AND s.id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])))
     ORDER BY 2, 3 DESC, 1
$$;

CREATE INDEX referral_opened ON referrals_referral (territory_id, opened_on) WHERE superseded_at IS NULL;
CREATE INDEX referral_sent ON referrals_referral (territory_id, sent_on) WHERE superseded_at IS NULL;
CREATE INDEX referral_open ON referrals_referral (person_id, need) WHERE superseded_at IS NULL AND ended_on IS NULL;
CREATE INDEX need_weighing ON support_need (person_id, need, valid) WHERE superseded_at IS NULL AND level >= 3;

REVOKE ALL ON FUNCTION referrals_unmet_needs(), referrals_withheld(bigint, boolean, numeric, bigint),
    referrals_counts(bigint, date, date), referrals_answers(bigint, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION referrals_unmet_needs(), referrals_counts(bigint, date, date),
    referrals_answers(bigint, date, date) TO convergence_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_referrals"),
        ("support", "0019_what_is_over"),
        ("network", "0003_partners"),
    ]
    operations = [migrations.RunSQL(FUNCTIONS)]
