"""Language guard: red lines in what our side says, and redaction of personal data.

    for red in check_text("再不还就通知你单位", channel="call", party="customer"):
        print(red.label, red.why.zh, red.cites)
    redact("王小明先生您好")                 # 王**先生您好

Labels, patterns and examples are data: packs/guard. `masking_processor` puts the redactor into structlog.
"""

from .check import check_text
from .labels import Label, RedLine, load_labels
from .redact import masking_processor, redact

__all__ = ["Label", "RedLine", "check_text", "load_labels", "masking_processor", "redact"]
