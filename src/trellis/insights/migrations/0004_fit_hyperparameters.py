"""Keep all hyperparameters of the practice model as one JSON; the next run fills it."""

import datetime

from django.db import migrations, models


def forget_fits(apps, schema_editor):
    """Fits in the new form cannot be told in the old one; the next run makes them again."""
    apps.get_model("insights", "Fit").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("insights", "0003_growth_of_classes")]

    operations = [
        migrations.AddField("fit", "hyperparameters", models.JSONField(null=True)),
        # Defaults, so that going back works too.
        migrations.AlterField("fit", "origin", models.DateField(default=datetime.date(2000, 1, 1))),
        migrations.AlterField("fit", "variances", models.JSONField(default=dict)),
        migrations.AlterField("fit", "usual", models.JSONField(default=dict)),
        migrations.RemoveField("fit", "origin"),
        migrations.RemoveField("fit", "variances"),
        migrations.RemoveField("fit", "usual"),
        migrations.RunPython(migrations.RunPython.noop, forget_fits),
    ]
