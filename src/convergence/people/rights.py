"""The table of rights as the database's triggers read it, kept equal to ``access.rights``."""

from django.db import connections, transaction

from convergence.access.models import SiteRight
from convergence.access.rights import (
    CANDIDATE_RIGHTS,
    HOST_COMPARTMENTS,
    REFERENT_RIGHTS,
    SHARED_COMPARTMENTS,
    SITE_RIGHTS,
)
from convergence.vocabulary.domains import Domain


def write_rights(using: str) -> bool:
    """Replace ``access_right`` where it differs from the code, add missing scopes, make ``readable`` anew.

    Runs as *owner*, after the migrations. Returns whether anything changed.
    """
    wanted = {
        (kind, cell.role.value, cell.compartment.value, cell.may_write)
        for kind, cells in (("site", SITE_RIGHTS), ("mission", REFERENT_RIGHTS), ("candidacy", CANDIDATE_RIGHTS))
        for cell in cells
    }
    wanted |= {("host", "host", compartment.value, False) for compartment in HOST_COMPARTMENTS}
    wanted |= {
        ("domain", domain.value, compartment.value, False) for domain in Domain for compartment in SHARED_COMPARTMENTS
    }
    rights = SiteRight.objects.using(using)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if set(rights.values_list("kind", "role", "compartment", "may_write")) == wanted:
            return False
        rights.all().delete()
        rights.bulk_create(
            SiteRight(kind=kind, role=role, compartment=compartment, may_write=may_write)
            for kind, role, compartment, may_write in sorted(wanted)
        )
        cursor.execute(
            """
            INSERT INTO access_scope (kind, holder_id, role)
            SELECT DISTINCT 'site', s.id, r.role FROM territories_site s JOIN access_right r ON r.kind = 'site'
            UNION
            SELECT 'mission', m.id, m.role FROM territories_mission m
              JOIN access_right r ON r.kind = 'mission' AND r.role = m.role
            UNION
            SELECT 'domain', t.id, r.role FROM territories_territory t JOIN access_right r ON r.kind = 'domain'
            ON CONFLICT DO NOTHING
            """
        )
        cursor.execute("SELECT rebuild_readable()")
    return True
