"""A model field for words on nobody's file, sealed under the instance's key when saved, opened when read."""

from typing import Any

from django.db import models

from convergence.platform.sealing import seal_for_instance, unseal_for_instance


class _Opened:
    """Opens the sealed bytes of a loaded row the first time its text is asked for."""

    def __init__(self, field: "InstanceSealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__.get(self.field.attname)
        if isinstance(value, memoryview | bytes):
            value = unseal_for_instance(bytes(value), self.field.place)
            instance.__dict__[self.field.attname] = value
        return "" if value is None else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class InstanceSealedField(models.BinaryField):  # type: ignore[type-arg]  # generic for the type checker only
    """Text in Python, ``bytea`` in the database, sealed under the master key: an empty text is stored as NULL."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("null", True)
        options.setdefault("blank", True)
        options.setdefault("editable", True)
        super().__init__(*args, **options)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Opened(self))

    @property
    def place(self) -> str:
        """What the sealed text is bound to: copied into another column, it does not open."""
        return f"{self.model._meta.db_table}.{self.column}"

    def pre_save(self, model_instance: Any, add: bool) -> bytes | None:
        value = model_instance.__dict__.get(self.attname)
        if not value:
            return None
        return bytes(value) if isinstance(value, memoryview | bytes) else seal_for_instance(value, self.place)

    def to_python(self, value: Any) -> Any:
        """The text as it is: ``BinaryField`` would take it for base64."""
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            raise TypeError("A text is sealed by saving its row, never by update().")
        return super().get_db_prep_value(value, connection, prepared)
