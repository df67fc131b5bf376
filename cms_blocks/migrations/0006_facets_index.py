from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms_blocks", "0005_webhooks"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="publicrecord", name="record_until"),
        migrations.AddIndex(
            model_name="publicrecord",
            index=models.Index(
                fields=[
                    "visible_until",
                    "visible_from",
                    "is_live",
                    "listed",
                    "site_id",
                    "kind",
                    "locale",
                    "topics",
                    "districts",
                    "levels",
                    "status",
                    "half",
                ],
                name="record_until",
            ),
        ),
    ]
