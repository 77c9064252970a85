"""An index on a big table: built while the table is in use, and so outside of a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0005_relations")]

    operations = [
        AddIndexConcurrently(
            model_name="follow",
            index=models.Index(
                condition=models.Q(("shows_retweets", False)), fields=["follower"], name="follows_without_retweets"
            ),
        ),
    ]
