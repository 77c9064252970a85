"""What is talked about, and whom people do not want suggested."""

from urllib.parse import urlencode

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User

TEXT_MAX_LENGTH = 100


class Term(models.Model):
    """A hashtag or word that several people use.

    Attributes:
        text: a hashtag as `tweets.models.Hashtag.name` has it, without #; a word in lower case.
        shown: as it was first written.
        usual: the part of all authors that uses it as a rule; the mean of the past, of which a day weighs half.
        authors: how many different people used it, when it was looked at last.
        score: by how much that is above its usual level; 0 for what is not rising.
        counted_at: when it was looked at last.
    """

    class Kind(models.IntegerChoices):
        HASHTAG = 1, "hashtag"
        WORD = 2, "word"

    kind = models.SmallIntegerField(choices=Kind.choices)
    text = models.CharField(max_length=TEXT_MAX_LENGTH)
    shown = models.CharField(max_length=TEXT_MAX_LENGTH)
    usual = models.FloatField(default=0)
    authors = models.PositiveIntegerField(default=0)
    score = models.FloatField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="term_once")]
        indexes = [
            models.Index(fields=["-score"], condition=Q(score__gt=0), name="rising_terms"),
            models.Index(fields=["counted_at"], name="terms_by_count"),
        ]

    def __str__(self) -> str:
        return f"#{self.shown}" if self.kind == self.Kind.HASHTAG else self.shown

    @property
    def url(self) -> str:
        """The page of a hashtag, or what is found for a word."""
        if self.kind == self.Kind.HASHTAG:
            return reverse("hashtag", args=[self.text])
        return f"{reverse('search')}?{urlencode({'q': self.text})}"


class Dismissal(models.Model):
    """`person` is no longer suggested to `viewer`."""

    viewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="dismissals", db_index=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["viewer", "person"], name="dismiss_once"),
            models.CheckConstraint(condition=~Q(viewer=F("person")), name="no_self_dismissal"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer_id} does not want {self.person_id} suggested"
