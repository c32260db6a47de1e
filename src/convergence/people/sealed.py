"""A model field for free text about a person, sealed under her key when saved, opened when read."""

from typing import Any

from django.db import models

from convergence.people.keys import key_of
from convergence.platform.sealing import seal, unseal


class _Opened:
    """Opens the sealed bytes of a loaded row the first time its text is asked for."""

    def __init__(self, field: "SealedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__.get(self.field.attname)
        if isinstance(value, memoryview | bytes):
            person_id = self.field.person_of(instance)
            value = unseal(bytes(value), key_of(person_id), self.field.place(person_id))
            instance.__dict__[self.field.attname] = value
        return "" if value is None else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]  # generic for the type checker only
    """Text in Python, ``bytea`` in the database: nonce, ciphertext and tag under the person's own key.

    The model names its person in ``person_id``. An empty text is stored as NULL. The text is bound to the table,
    the column and the person, so bytes copied elsewhere do not open.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("null", True)
        options.setdefault("blank", True)
        options.setdefault("editable", True)
        super().__init__(*args, **options)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Opened(self))

    def person_of(self, instance: Any) -> int:
        return int(instance.person_id)

    def place(self, person_id: int) -> str:
        return f"{self.model._meta.db_table}.{self.column}:{person_id}"

    def pre_save(self, model_instance: Any, add: bool) -> bytes | None:
        value = model_instance.__dict__.get(self.attname)
        if not value:
            return None
        if isinstance(value, memoryview | bytes):
            return bytes(value)
        person_id = self.person_of(model_instance)
        return seal(value, key_of(person_id), self.place(person_id))

    def to_python(self, value: Any) -> Any:
        """The text as it is: ``BinaryField`` would take it for base64."""
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            raise TypeError("A text is sealed by saving its row, never by update().")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("A sealed text is not serialised outside its transaction.")
