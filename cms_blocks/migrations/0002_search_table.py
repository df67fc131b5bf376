from django.db import migrations

from cms_blocks.search import schema


class Migration(migrations.Migration):
    """The full-text table of the database in use; ``publication rebuild`` fills it."""

    dependencies = [("cms_blocks", "0001_initial")]
    operations = [migrations.RunPython(schema.create_table, schema.drop_table)]
