"""The shapes of people in the API: what may be sent, and what is documented to come out."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from accounts import images, models
from accounts.fields import CleanTextField, IdField, StrictSerializer, StringField, TrulyBooleanField


class ErrorDetailSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="For programs; it does not change.")
    detail = serializers.CharField(help_text="For people.")
    attr = serializers.CharField(allow_null=True, help_text="The member, parameter or header that is wrong, if one is.")


class ErrorSerializer(serializers.Serializer[Any]):
    """Every refusal, whatever its status; validation errors may be several."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    errors = ErrorDetailSerializer(many=True)  # type: ignore[assignment]  # hides the property of the same name


class CredentialsSerializer(StrictSerializer):
    username = StringField(min_length=1, max_length=254, help_text="Or the e-mail address.")
    password = StringField(min_length=1, max_length=4096, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown this once. Send it as `Authorization: Bearer <token>`.")


class RemovedPictureField(serializers.CharField):
    default_error_messages = {"max_length": "Send null to remove the picture; a new one comes as multipart/form-data."}

    def __init__(self) -> None:
        super().__init__(max_length=0, allow_blank=True, allow_null=True, required=False)


class PictureField(serializers.FileField):
    """An uploaded picture, answered as the finished one."""

    def __init__(self, shape: images.Shape, help_text: str) -> None:
        super().__init__(allow_empty_file=True, allow_null=True, required=False, help_text=help_text)
        self.shape = shape

    def to_internal_value(  # type: ignore[override]  # what comes by HTTP is an upload
        self, data: "UploadedFile[bytes]"
    ) -> "ContentFile[bytes]":
        super().to_internal_value(data)
        try:
            return images.finished(data, self.shape)
        except images.Refused as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal


class ProfileTextsSerializer(StrictSerializer):
    name = CleanTextField(max_length=models.NAME_MAX_LENGTH, allow_blank=True, required=False)
    bio = CleanTextField(max_length=models.BIO_MAX_LENGTH, allow_blank=True, required=False)
    location = CleanTextField(max_length=models.LOCATION_MAX_LENGTH, allow_blank=True, required=False)
    website = StringField(
        max_length=models.WEBSITE_MAX_LENGTH, allow_blank=True, required=False, validators=[models.web_address]
    )

    protected = TrulyBooleanField(
        required=False, source="is_protected", help_text="True: only followers see what you write."
    )

    def changes(self) -> dict[str, object]:
        """As `actions.edit_profile` takes them."""
        return {field: "" if value is None else value for field, value in self.validated_data.items()}


class ProfileSerializer(ProfileTextsSerializer):
    """What people may change about themselves; what is left out stays as it is."""

    avatar = RemovedPictureField()
    header = RemovedPictureField()


class ProfileUploadSerializer(ProfileTextsSerializer):
    """The same with new pictures: PNG, JPEG, WebP or GIF."""

    avatar = PictureField(images.AVATAR, help_text="At most 5 MB; shown square.")
    header = PictureField(images.HEADER, help_text="At most 10 MB; shown 3:1.")


class RelationSerializer(serializers.Serializer[Any]):
    """How the viewer and a person stand to each other; all false for nobody."""

    following = serializers.BooleanField()
    followed_by = serializers.BooleanField()
    requested = serializers.BooleanField(help_text="The viewer has asked to follow a protected account.")
    requested_by = serializers.BooleanField(help_text="The person has asked to follow the viewer.")
    blocking = serializers.BooleanField()
    muting = serializers.BooleanField()
    hiding_retweets = serializers.BooleanField(help_text="The viewer follows, and sees none of the person's retweets.")


class PersonCountsSerializer(serializers.Serializer[Any]):
    followers = serializers.IntegerField(min_value=0)
    following = serializers.IntegerField(min_value=0)
    tweets = serializers.IntegerField(min_value=0)


class PersonSerializer(serializers.Serializer[Any]):
    """A person as shown beside a tweet."""

    id = IdField()
    username = serializers.CharField()
    name = serializers.CharField(help_text="The username for those who have chosen no other.")
    protected = serializers.BooleanField(help_text="What this person writes is for followers alone.")
    url = serializers.CharField()
    avatar_url = serializers.CharField()


class UserSerializer(PersonSerializer):
    bio = serializers.CharField()
    location = serializers.CharField()
    website = serializers.CharField()
    header_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    counts = PersonCountsSerializer()
    viewer = RelationSerializer()


class PageSerializer(serializers.Serializer[Any]):
    """What is the same for pages of anything; the addresses are in the `Link` header, too."""

    next = serializers.CharField(allow_null=True, help_text="The page with older ones; null at the end.")
    previous = serializers.CharField(help_text="Where to ask for newer ones, now or later.")


class UserPageSerializer(PageSerializer):
    results = UserSerializer(many=True)
