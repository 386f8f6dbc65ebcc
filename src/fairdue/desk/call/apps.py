from django.apps import AppConfig


class CallConfig(AppConfig):
    name = "fairdue.desk.call"
    label = "call"
    default_auto_field = "django.db.models.BigAutoField"
