import django.db.models.deletion
from django.db import migrations, models

FACETS = ["is_live", "listed", "site_id", "kind", "locale", "topics", "districts", "levels", "fixed_status", "half"]


class Migration(migrations.Migration):
    dependencies = [
        ("cms_blocks", "0006_facets_index"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="publicrecord", name="record_until"),
        migrations.RenameField(model_name="publicrecord", old_name="status", new_name="fixed_status"),
        migrations.AddIndex(
            model_name="publicrecord",
            index=models.Index(fields=["visible_until", "visible_from", *FACETS, "id"], name="record_until"),
        ),
        migrations.CreateModel(
            name="StatusSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spans",
                        to="cms_blocks.publicrecord",
                    ),
                ),
            ],
            options={
                "verbose_name": "span of a status",
                "verbose_name_plural": "spans of a status",
                "indexes": [
                    models.Index(fields=["record", "since", "until", "status"], name="status_span"),
                    models.Index(fields=["since"], name="status_span_since"),
                ],
                "constraints": [models.UniqueConstraint(fields=("record", "since"), name="one_status_at_a_time")],
            },
        ),
    ]
