"""What the database itself says: which tables lead to a person, and how they are guarded."""

from dataclasses import dataclass

from django.db import connection

PERSON = "people_person"


@dataclass(frozen=True)
class Table:
    """A table or view of our schema with its row-level security flags."""

    name: str
    forced: bool
    policies: int


def tables_leading_to_a_person() -> list[Table]:
    """By foreign keys, however long the chain; and by columns that name a person without a key."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE reaching AS (
                SELECT a.attrelid AS oid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
                   AND NOT a.attisdropped
                   AND (a.attname IN ('person_id', 'person') OR c.relname = 'people_person')
                UNION
                SELECT k.conrelid FROM pg_constraint k JOIN reaching l ON k.confrelid = l.oid
                 WHERE k.contype = 'f'
            )
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
                   (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
                   c.relkind IN ('v', 'm'), coalesce(c.reloptions::text, '')
              FROM reaching JOIN pg_class c USING (oid) ORDER BY c.relname
            """
        )
        rows = cursor.fetchall()
    return [
        # A view is guarded by its tables as long as it runs as the one who asks.
        Table(name, forced or (is_view and "security_invoker=true" in options), policies)
        for name, forced, policies, is_view, options in rows
    ]


def granted_to(role: str) -> dict[str, set[str]]:
    """Verbs that a role was granted, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, p.verb FROM pg_class c
             CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) p (verb)
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
               AND CASE WHEN p.verb IN ('SELECT', 'INSERT', 'UPDATE')
                        THEN has_any_column_privilege(%s, c.oid, p.verb)
                        ELSE has_table_privilege(%s, c.oid, p.verb) END
            """,
            [role, role],
        )
        granted: dict[str, set[str]] = {}
        for table, verb in cursor.fetchall():
            granted.setdefault(table, set()).add(verb)
    return granted
