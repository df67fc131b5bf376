"""An unticked box meant that nobody had said anything about the board. Now “no” can be said."""

from django.db import migrations


def forget_unticked_boxes(apps, schema_editor):
    procedures = apps.get_model("procedures", "ProcedurePage")
    procedures.objects.filter(board_recommended=False).update(board_recommended=None)
    revisions = apps.get_model("wagtailcore", "Revision").objects.filter(
        content_type__app_label="procedures", content_type__model="procedurepage"
    )
    for revision in revisions.iterator(chunk_size=200):
        if revision.content.get("board_recommended") is False:
            revision.content["board_recommended"] = None
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_methods_of_phases_and_indexes"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunPython(forget_unticked_boxes, migrations.RunPython.noop)]
