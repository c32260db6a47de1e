"""Functions that run with their owner's rights: who may call them, and what they may be made to read."""

from typing import Any

import pytest
from django.db import connection

from tests.builders import World

CALLED_BY_WEB = {
    "administers_account",
    "administers_operator",
    "administers_place",
    "administers_setting",
    "administers_somewhere",
    "admit_candidate",
    "admit_person",
    "ask_partner_list",
    "close_agenda",
    "close_partner_list",
    "contract_runs_elsewhere",
    "decide_likeness",
    "directory_close",
    "directory_mended",
    "directory_refresh_towns",
    "directory_saw",
    "directory_write_services",
    "directory_write_structures",
    "end_host",
    "end_support",
    "first_broken_access_seal",
    "formerly_supported",
    "has_other_files",
    "holds_at_site",
    "holds_on_territory",
    "hours_contracts",
    "hours_months",
    "identify",
    "identify_link",
    "keep_candidate_until",
    "keeps_portfolio",
    "likeness_key",
    "linked_days",
    "linked_files",
    "linked_passes",
    "look_at_likenesses",
    "may_appoint",
    "may_follow",
    "may_hand_over",
    "network_asked_offers",
    "network_open_ask",
    "network_renew_ask",
    "network_territories",
    "note_dead_address",
    "open_candidate",
    "open_host",
    "open_listed",
    "open_partner_list",
    "open_support",
    "partner_list",
    "passes_noted_elsewhere",
    "promised_places",
    "record_access",
    "record_partner_look",
    "referrals_answers",
    "referrals_counts",
    "referrals_unmet_needs",
    "renew_link",
    "resume_support",
    "search_directory",
    "search_people",
    "support_busy",
    "support_feed_owner",
    "support_care_balance",
    "support_record_start",
    "support_site_setup",
    "support_territory_counts",
    "undo_end_support",
    "take_on_candidate",
}
"""Each of these answers within what the caller's identity allows; a new one is added here once that is tested."""


def definer_functions(more: str = "") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.proname, p.proconfig{more} FROM pg_proc p
             WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
             ORDER BY 1
            """
        )
        return list(cursor.fetchall())


def test_each_looks_in_the_temporary_schema_last(db: None) -> None:
    functions = definer_functions()
    assert len(functions) > len(CALLED_BY_WEB)
    wanted = "search_path=public, pg_temp"
    assert [name for name, configuration in functions if wanted not in (configuration or [])] == []


def test_each_belongs_to_the_owner_who_never_signs_in(db: None) -> None:
    owners = {owner for _name, _configuration, owner in definer_functions(", pg_get_userbyid(p.proowner)")}
    assert owners == {"convergence_owner"}


def test_none_is_open_to_whoever_connects(db: None) -> None:
    public = (
        ", EXISTS (SELECT 1 FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')"
    )
    assert [name for name, _configuration, is_public in definer_functions(public) if is_public] == []


def test_the_web_role_calls_those_that_are_listed_here_and_no_other(db: None) -> None:
    callable_by_web = definer_functions(", has_function_privilege('convergence_web', p.oid, 'EXECUTE')")
    assert {name for name, _configuration, may in callable_by_web if may} == CALLED_BY_WEB


@pytest.mark.parametrize("role", ["convergence_web", "convergence_worker"])
def test_the_roles_that_serve_people_make_no_table_of_their_own(db: None, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(%s, 'convergence', 'TEMPORARY'),"
            " has_database_privilege(%s, 'convergence', 'CREATE'), has_schema_privilege(%s, 'public', 'CREATE')",
            [role, role, role],
        )
        assert cursor.fetchone() == (False, False, False)


def test_a_table_that_takes_the_name_of_one_of_ours_changes_no_answer(world: World) -> None:
    """The clone that tests run on does allow temporary tables: the search path alone must hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE access_readable AS"
            " SELECT %s AS person_id, 'identity'::varchar AS compartment, -1 AS scope_id,"
            " daterange(NULL, NULL) AS valid",
            [world.sami.pk],
        )
        cursor.execute("GRANT SELECT ON access_readable TO PUBLIC")
        cursor.execute("SELECT set_config('app.scopes', '{-1}', true), set_config('app.today', '2026-11-23', true)")
        cursor.execute("SELECT count(*) FROM search_people('imaginaire', 10)")
        assert cursor.fetchone() == (0,)
