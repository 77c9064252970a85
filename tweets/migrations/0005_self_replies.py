from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tweets", "0004_edits_and_pins"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="tweet",
            index=models.Index(
                condition=models.Q(("in_reply_to__isnull", False), ("in_reply_to_user", models.F("author"))),
                fields=["in_reply_to", "id"],
                name="self_replies",
            ),
        ),
    ]
