"""A meeting with other referents is recorded between the information of the person and her objection, or not at all."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model
from django.utils.translation import gettext_lazy as _

NOT_UNDER_IT = _(
    "Rien ne peut être noté ici avant que la personne ait été informée, ni à partir du jour où elle s’y oppose."
)

FUNCTION = """
-- Holds every new version of a joint meeting to the person's word; a cancelled one says nothing to anybody.
CREATE OR REPLACE FUNCTION support_joint_meeting_allowed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.outcome <> 'cancelled' AND EXISTS (
        SELECT 1 FROM unnest(NEW.joint) AS wanted(series)
         WHERE NOT EXISTS (
            SELECT 1 FROM support_jointsupport j
             WHERE j.series = wanted.series AND j.superseded_at IS NULL AND j.person_id = NEW.person_id
               AND j.informed_on <= lower(NEW.valid)
               AND (j.objected_on IS NULL OR lower(NEW.valid) < j.objected_on)))
    THEN
        RAISE EXCEPTION 'before the information of the person, or after her objection'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_joint_allowed';
    END IF;
    RETURN NEW;
END $$;
"""


class UnderInformation(BaseConstraint):
    """What the table holds under joint support stays between the information and an objection; kept by a trigger."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name, violation_error_message=NOT_UNDER_IT)

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert schema_editor is not None  # noqa: S101 - Django's signature allows None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None  # noqa: S101 - Django's signature allows None
        return (
            f"{FUNCTION}\nCREATE TRIGGER {self.name} BEFORE INSERT ON {model._meta.db_table}"
            " FOR EACH ROW EXECUTE FUNCTION support_joint_meeting_allowed()"
        )

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None  # noqa: S101 - Django's signature allows None
        return f"DROP TRIGGER IF EXISTS {self.name} ON {model._meta.db_table}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nothing to check in Python: the database refuses."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        return f"{self.__class__.__module__}.{self.__class__.__name__}", (), {"name": self.name}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnderInformation) and self.name == other.name

    def __hash__(self) -> int:
        return hash((self.__class__, self.name))
