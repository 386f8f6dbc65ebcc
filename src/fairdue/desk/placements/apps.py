from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "fairdue.desk.placements"
    label = "placements"
    default_auto_field = "django.db.models.BigAutoField"
