"""Fields and serializers that every app's API is made of."""

import re
from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from stores import text

MAX_ID = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}")


@extend_schema_field({"type": "string", "pattern": "^[0-9]{1,19}$"})
class IdField(serializers.Field[int, str, str, Any]):
    """An id or a cursor of up to 63 bits: a string of digits, because JavaScript's numbers have 53."""

    default_error_messages = {"invalid": "An id is a string of at most 19 digits."}

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, str) or not _DIGITS.fullmatch(data) or int(data) > MAX_ID:
            self.fail("invalid")
        return int(data)

    def to_representation(self, value: int) -> str:
        return str(value)


class StringField(serializers.CharField):
    """A string, and no number that could be taken for one."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class CleanTextField(StringField):
    """Text without what is invisible, stacked or turns the direction of what follows."""

    def to_internal_value(self, data: object) -> str:
        return text.clean(super().to_internal_value(data))


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses members it does not know: a misspelt one is an error, not a silence."""

    @classmethod
    def checked(cls, data: object) -> Any:
        """What was sent as `validated_data` has it, by a serializer that all requests share.

        A new one copies and binds all its fields, which takes twice as long as to check a tweet's (bench row 6). Only
        what is wrong is looked at by a new one, since it remembers what.

        Raises:
            ValidationError: it is wrong.
        """
        try:
            return _shared(cls).run_validation(data)
        except serializers.ValidationError:
            new = cls(data=data)
            new.is_valid(raise_exception=True)
            return new.validated_data

    def to_internal_value(self, data: object) -> object:
        unknown = data.keys() - self.fields.keys() if isinstance(data, dict) else ()
        if unknown:
            raise serializers.ValidationError(
                {each: serializers.ErrorDetail("This can't be set.", "unknown") for each in sorted(unknown)}
            )
        return super().to_internal_value(data)


@cache
def _shared(kind: type[StrictSerializer]) -> StrictSerializer:
    return kind()


class TrulyBooleanField(serializers.BooleanField):
    """A boolean, and no word or number that could be taken for one."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
