"""Documents set with Typst from a quote: the account statement (对账单) and the reminder letter (催收函).

    pdf = render_reminder(quote, StatementFacts("王**", "示例银行", "400-000-0000", "手机银行", "6001"))

The words are data (packs/letters); a letter without a field that the law requires is not made.
"""

from .fonts import FontMissingError
from .reminder import LetterError, reminder_body, reminder_text, render_reminder
from .statement import StatementFacts, render_statement

__all__ = [
    "FontMissingError",
    "LetterError",
    "StatementFacts",
    "reminder_body",
    "reminder_text",
    "render_reminder",
    "render_statement",
]
