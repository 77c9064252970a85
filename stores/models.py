from django.db import models


class BucketRow(models.Model):
    """A bucket that is not full, kept here for as long as Redis is away; see `stores.bucket_rows`."""

    name = models.CharField(max_length=200, primary_key=True)
    full_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name}, full at {self.full_at}"
