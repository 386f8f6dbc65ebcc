from django.apps import AppConfig


class CasefileConfig(AppConfig):
    name = "fairdue.desk.casefile"
    label = "casefile"
    default_auto_field = "django.db.models.BigAutoField"
