"""When the Chinese instruments took effect."""

from datetime import date

GBT = date(2025, 2, 28)  # GB/T 45251-2025
CBA = date(2026, 1, 30)  # guideline of the China Banking Association
NIFA = date(2018, 3, 28)  # pact of the National Internet Finance Association
CARD = date(2011, 1, 13)  # credit-card measures
PIPL = date(2021, 11, 1)  # Personal Information Protection Law
CIVIL_CODE = date(2021, 1, 1)
CRIM_253_1 = date(2015, 11, 1)
CRIM_245 = date(1997, 10, 1)
CONSUMER_RIGHTS = date(2023, 3, 1)  # protection of bank and insurance consumers, article 41
CONSUMER_FINANCE = date(2024, 4, 18)
CARD_NOTICE_13 = date(2022, 7, 7)
