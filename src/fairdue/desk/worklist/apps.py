from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "fairdue.desk.worklist"
    label = "worklist"
    default_auto_field = "django.db.models.BigAutoField"
