"""Words that every other room speaks: money, dates, findings, bilingual text, ids.

No input or output, no clock, no globals, and no import of any other Fairdue package.

* `money`     integer fen, half-up written out, CNY formatting, 大写 amounts
* `dates`     aware instants, debtor-local time, local days, due-date arithmetic
* `calendar`  Chinese work and rest days from dated data (State Council notices)
* `text`      `Text(zh, en)`: one sentence in both languages
* `findings`  `Finding`: what is wrong, where, why it matters, how to mend it
* `ids`       readable, checkable numbers for quotes, permits and cases
"""
