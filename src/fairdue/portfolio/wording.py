"""What the import says about a file, in both languages: one template per finding code.

`finding(code, place, **values)` fills it. Values of personal fields are never quoted (`quoted` decides), so that a
findings file may be mailed around without spreading names and numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text

PERSONAL_TYPES = frozenset({"phone", "id_card", "person"})


class Wording(NamedTuple):
    """`(what, why, mend)`, each `(zh, en)`, and how severe it is."""

    what: tuple[str, str]
    why: tuple[str, str]
    mend: tuple[str, str]
    severity: Severity = Severity.ERROR


_NOT_TAKEN = ("该行未导入,已写入退回文件。", "The row was not taken; it goes to the reject file.")
_FILE = ("整个文件无法读取。", "Nothing can be read from this file.")
_GUESS = (
    "无法确定哪个值是对的,系统不猜测。",
    "Which one is right cannot be known, and guessing would bill the wrong person.",
)
W = Severity.WARNING

WORDINGS: dict[str, Wording] = {
    # the file as a whole
    "import.file.missing": Wording(
        ("找不到或无法打开文件。", "The file cannot be opened."),
        _FILE,
        ("请检查路径和权限。", "Check path and permissions."),
    ),
    "import.file.empty": Wording(
        ("文件是空的。", "The file is empty."),
        _FILE,
        ("请重新导出;第一行应为列名。", "Export it again; the first line holds the column names."),
    ),
    "import.file.no_rows": Wording(
        ("只有表头,没有数据行。", "There is a header and no row below it."),
        ("没有任何账户被更新,也不会关闭任何账户。", "No account is updated, and none is closed."),
        ("如果当天确实没有数据,可以忽略;否则请重新导出。", "Ignore it if the day is truly empty; else export again."),
        W,
    ),
    "import.file.format": Wording(
        ("文件类型“{value}”不支持。", "File type {value!r} is not supported."),
        _FILE,
        ("请存为 .csv、.txt、.xlsx 或 .parquet。", "Save it as .csv, .txt, .xlsx or .parquet."),
    ),
    "import.file.damaged": Wording(
        ("文件损坏,或内容与扩展名不符:{value}", "The file is damaged or is not what its name says: {value}"),
        _FILE,
        ("请用原系统重新导出。", "Export it again from its system."),
    ),
    "import.file.sheet": Wording(
        ("找不到工作表“{value}”;现有:{known}。", "There is no sheet {value!r}; the file has: {known}."),
        _FILE,
        ("请修改映射中的 sheet,或重命名工作表。", "Change `sheet` in the mapping or rename the sheet."),
    ),
    "import.file.as_of": Wording(
        ("该映射需要数据日期(as_of)。", "This mapping needs the date the data speaks of (as_of)."),
        ("应还日要由数据日期推算。", "Due dates are worked out from it."),
        ("请在命令中给出 --as-of,或在映射中写 as_of。", "Give --as-of, or write as_of in the mapping."),
    ),
    "import.file.encoding": Wording(
        ("有无法按 {value} 解码的字节。", "Some bytes cannot be read as {value}."),
        (
            "受影响的行会被退回,姓名和地址不能带乱码入库。",
            "The rows with them are refused: garbled names must not be stored.",
        ),
        ("请用 UTF-8 或 GB18030 重新保存。", "Save the file as UTF-8 or GB18030."),
        W,
    ),
    # its header
    "import.column.missing": Wording(
        ("缺少列“{value}”。{near_zh}", "Column {value!r} is missing. {near_en}"),
        ("映射要求这一列,没有它无法建立记录。", "The mapping needs it; no record can be made without."),
        (
            "请补上这一列,或在映射的 from 中加上实际列名。",
            "Add the column, or add its real name to `from` in the mapping.",
        ),
    ),
    "import.column.renamed": Wording(
        (
            "没有可选列“{value}”,但有未用到的“{near}”。",
            "Optional column {value!r} is absent, but {near!r} is there unread.",
        ),
        ("看起来列改了名;目前按空值处理。", "It looks renamed; for now it is treated as empty."),
        ("如果是同一列,请把新列名加到映射的 from。", "If it is the same, add the new name to `from` in the mapping."),
        W,
    ),
    "import.column.absent": Wording(
        ("文件没有这些可选列:{value}。", "These optional columns are absent: {value}."),
        ("按空值或默认值处理。", "They are treated as empty or take their default."),
        ("无需处理,除非本应有这些列。", "Nothing to do, unless they should be there."),
        Severity.INFO,
    ),
    "import.column.unread": Wording(
        ("映射没有用到这些列:{value}。", "The mapping does not read these columns: {value}."),
        ("它们的内容不会导入。", "What they hold is not imported."),
        (
            "如有需要,请加到映射的 columns 或 extra。",
            "Add them to `columns` or `extra` in the mapping if they are wanted.",
        ),
        Severity.INFO,
    ),
    "import.column.twice": Wording(
        ("列“{value}”出现了不止一次。", "Column {value!r} appears more than once."),
        ("两列相同的行照常导入,不同的行会被退回。", "Rows in which the copies agree are taken, the others refused."),
        ("请删除或重命名多余的列。", "Remove or rename the copy."),
        W,
    ),
    "import.file.delimiter": Wording(
        ("按分隔符“{value}”读不出需要的列。", "With delimiter {value!r} the needed columns do not appear."),
        _FILE,
        (
            "看起来分隔符是“{near}”;请把映射的 delimiter 改为 auto。",
            "It looks like {near!r}; set `delimiter: auto` in the mapping.",
        ),
    ),
    # the shape of a row
    "import.row.quote": Wording(
        ("引号没有成对。", "A quotation mark is never closed."),
        _NOT_TAKEN,
        ("请补上或删除多余的引号;其余各行不受影响。", "Close or remove it; the other rows are not affected."),
    ),
    "import.row.ragged": Wording(
        ("有 {value} 个字段,表头有 {known} 个。", "It has {value} fields, the header has {known}."),
        ("字段可能错位,金额会记到别的列里。", "Fields may have slipped, and an amount would land in another column."),
        ("请检查字段中是否有未加引号的分隔符,或缺了字段。", "Look for an unquoted delimiter or a lost field."),
    ),
    "import.row.nul": Wording(
        ("含有空字节(NUL)。", "It holds a NUL byte."),
        _NOT_TAKEN,
        ("请用原系统重新导出。", "Export it again from its system."),
    ),
    "import.row.garbled": Wording(
        ("含有无法解码的字符。", "It holds characters that could not be decoded."),
        _NOT_TAKEN,
        ("请用 UTF-8 或 GB18030 重新保存。", "Save the file as UTF-8 or GB18030."),
    ),
    "import.row.duplicate": Wording(
        ("编号“{value}”在第 {known} 行已经出现。", "Number {value!r} already stands in row {known}."),
        ("同一编号的两行无法同时成立,保留先出现的一行。", "One number cannot have two rows; the first one stands."),
        (
            "请去重,或在映射中写 duplicate_rows: last_wins。",
            "Remove one, or write `duplicate_rows: last_wins` in the mapping.",
        ),
    ),
    "import.row.superseded": Wording(
        ("编号“{value}”在第 {known} 行有更新的内容。", "Number {value!r} has a later row {known}."),
        ("映射规定以后一行为准,此行计入“排除”。", "The mapping lets the last one win; this row counts as excluded."),
        ("无需处理。", "Nothing to do."),
        Severity.INFO,
    ),
    # a cell
    "import.cell.required": Wording(
        ("必填项为空。", "A required value is empty."),
        _NOT_TAKEN,
        ("请补全后重新导入退回文件。", "Fill it in and import the reject file."),
    ),
    "import.cell.money": Wording(
        ("“{value}”不是金额。", "{value!r} is not an amount."),
        _NOT_TAKEN,
        ("请写成 1234.50 或 1,234.50,不要带文字。", "Write 1234.50 or 1,234.50 without words."),
    ),
    "import.cell.integer": Wording(
        ("“{value}”不是整数。", "{value!r} is not a whole number."), _NOT_TAKEN, ("请只写数字。", "Write digits only.")
    ),
    "import.cell.date": Wording(
        ("“{value}”不是可识别的日期。", "{value!r} is not a date in a known form."),
        _NOT_TAKEN,
        (
            "请写成 2026-03-02、2026/3/2 或 2026年3月2日;其他写法请加到映射的 formats。",
            "Write 2026-03-02, 2026/3/2 or 2026年3月2日; add other forms to `formats` in the mapping.",
        ),
    ),
    "import.cell.date_range": Wording(
        ("日期“{value}”不在 1950 至 2100 年之间。", "Date {value!r} lies outside 1950 to 2100."),
        _NOT_TAKEN,
        ("请检查年份,以及是否取错了列。", "Check the year, and whether this is the right column."),
    ),
    "import.cell.enum": Wording(
        ("“{value}”不在取值表中。{near_zh}", "{value!r} is not among the known values. {near_en}"),
        _NOT_TAKEN,
        (
            "请改用已有取值:{known};新取值请加到映射的 map。",
            "Use one of: {known}; add a new one to `map` in the mapping.",
        ),
    ),
    "import.cell.rounded": Wording(
        ("“{value}”是被表格软件截断的编号。", "{value!r} is a number that a spreadsheet has rounded."),
        ("后几位已丢失,会对应到别的账户。", "Its last digits are lost; it would name another account."),
        (
            "请从原系统重新导出,并把该列设为文本格式。",
            "Export it again from its system, with this column formatted as text.",
        ),
    ),
    "import.cell.phone": Wording(
        ("不是可用的电话号码。", "This is not a usable phone number."),
        ("错号会打给别人。", "A wrong number rings at a stranger's."),
        (
            "手机写 11 位数字,座机带区号;服务号(如 95588)不能作为联系方式。",
            "Write 11 digits for a mobile, the area code for a landline; a service number is nobody's line.",
        ),
    ),
    "import.cell.id_card": Wording(
        ("身份证号校验位不对或长度不对。", "The ID number has a wrong length or check digit."),
        ("证件号用于核对本人,错号会认错人。", "It identifies the person; a wrong one takes one person for another."),
        ("请按 GB 11643 核对 18 位号码。", "Check the 18 characters (GB 11643)."),
    ),
    "import.cell.email": Wording(
        ("不是电子邮箱。", "This is not an e-mail address."),
        _NOT_TAKEN,
        ("请写成 name@example.com。", "Write name@example.com."),
    ),
    "import.cell.flag": Wording(
        ("“{value}”不是“是/否”。", "{value!r} is neither yes nor no."),
        _NOT_TAKEN,
        ("请写 是/否、Y/N、1/0。", "Write 是/否, Y/N or 1/0."),
    ),
    "import.cell.instant": Wording(
        ("“{value}”不是可识别的时刻。", "{value!r} is not a moment in a known form."),
        _NOT_TAKEN,
        ("请写成 2026-03-02 10:15:00。", "Write 2026-03-02 10:15:00."),
    ),
    "import.cell.copies_differ": Wording(
        ("重复列的内容不一致。", "The copies of this column differ."),
        _GUESS,
        ("请删除错误的一列。", "Remove the wrong copy."),
    ),
    "import.cell.blanked": Wording(
        ("该值无法使用,按空值导入。", "The value is unusable and was left empty."),
        ("映射允许此列缺失,账户照常导入。", "The mapping lets this column be empty; the account was taken."),
        ("请在来源系统更正。", "Correct it at the source."),
        W,
    ),
    # what a row says
    "import.amount.negative": Wording(
        ("金额“{value}”为负。", "Amount {value!r} is negative."),
        ("欠款不能为负;多付的钱应记为贷方余额。", "A debt cannot be negative; what was overpaid is a credit."),
        (
            "请更正,或在映射中用 clip_positive / clip_negative 拆分。",
            "Correct it, or split it by clip_positive / clip_negative.",
        ),
    ),
    "import.amount.zero": Wording(
        ("金额为零。", "The amount is zero."),
        _NOT_TAKEN,
        ("没有发生额的行请从文件中去掉。", "Leave rows without an amount out."),
    ),
    "import.payment.negative": Wording(
        ("付款金额“{value}”为负,但没有标为冲正。", "Payment {value!r} is negative and not marked as a reversal."),
        (
            "负数可能是退款、冲正或录入错误,效果各不相同。",
            "It may be a refund, a reversal or a slip, with different effects.",
        ),
        ("冲正请写正数,并在冲正列标“是”。", "Write a positive amount and mark the reversal column."),
    ),
    "import.payment.reverses": Wording(
        ("冲正行没有写明冲的是哪一笔付款。", "The reversal does not name the payment it takes back."),
        ("账本只能撤销一笔已知的付款。", "The ledger can only take back a payment it knows."),
        ("请在“原流水号”列写被冲正付款的流水号。", "Put the payment's reference in the column for it."),
    ),
    "import.payment.future": Wording(
        ("入账日晚于数据日期。", "The value date lies after the day of the data."),
        ("到那一天之前,这笔钱不计入。", "Until that day the money does not count."),
        ("请核对日期,可能日和月写反了。", "Check the date; day and month may be swapped."),
        W,
    ),
    "import.account.arrears_without_debt": Wording(
        ("状态为逾期 {value} 期,但没有欠款。", "The status says {value} cycles in arrears, but nothing is owed."),
        (
            "可能已还清而状态未更新;对没有欠款的人不能催收。",
            "It may be paid with the status not updated; nobody is collected from for nothing.",
        ),
        ("已导入,但不会进入催收名单;请向来源核对。", "It was taken and will not enter a list; ask the source."),
        W,
    ),
    "import.account.future_due": Wording(
        (
            "逾期金额大于零,但到期日在数据日期之后。",
            "An amount is overdue although the due date lies after the data's date.",
        ),
        ("逾期天数按 0 计,不会被催收。", "It counts as 0 days past due and is not collected."),
        ("请核对到期日或逾期金额。", "Check the due date or the overdue amount."),
        W,
    ),
    "import.account.opened_late": Wording(
        ("开户日晚于到期日。", "It was opened after it fell due."),
        ("两个日期至少有一个不对。", "At least one of the dates is wrong."),
        ("请核对。", "Check both."),
        W,
    ),
    "import.account.due_over_principal": Wording(
        ("逾期金额大于全部欠款。", "More is overdue than is owed in all."),
        ("报价以全部欠款为上限。", "A quote never exceeds what is owed."),
        ("请核对两列是否对调。", "Check whether the two columns are swapped."),
        W,
    ),
    "import.placement.dates": Wording(
        ("结案日 {value} 早于委案日 {known}。", "The placement ends on {value}, before it begins on {known}."),
        _NOT_TAKEN,
        ("请核对两个日期，可能对调了。", "Check both days; they may be swapped."),
    ),
    "import.placement.open": Wording(
        (
            "委托给“{value}”，但没有委案日期或结案日期。",
            "It is placed with {value!r}, but the first or the last day of the placement is missing.",
        ),
        (
            "两个日期不全，这家机构的人不能联系客户。",
            "Without both days nobody of this agency may contact the customer.",
        ),
        ("请补上委案日和结案日后再导入。", "Supply both days and import again."),
        W,
    ),
    "import.placement.notice_late": Wording(
        (
            "{value} 才告知客户，晚于委案日 {known}。",
            "The customer was told on {value}, after the placement began on {known}.",
        ),
        ("委托外部机构之前应先告知客户。", "The customer is told before a debt is placed."),
        ("请合规核查这次委托。", "Compliance has to look at this placement."),
        W,
    ),
    "import.placement.agency": Wording(
        ("机构登记中没有代码“{value}”。", "No agency of the register has the code {value!r}."),
        (
            "账户已导入，但没有按这一行委托；没有登记的机构不能作业。",
            "The account was taken and not placed by this row; an agency that is not registered may not work.",
        ),
        (
            "请更正代码，或先登记机构，再导入同一文件。",
            "Correct the code, or register the agency, and import the file again.",
        ),
        W,
    ),
    "import.placement.held": Wording(
        ("委托给“{value}”，但客户有停催。", "It is placed with {value!r} while a hold stands on the customer."),
        ("有争议或受保护的案件不应委外；停催期间也不会放行。", "A disputed or protected case is not placed out."),
        ("请与委托方核对，必要时收回。", "Ask the lender, and take it back if need be."),
        W,
    ),
    "import.placement.stands": Wording(
        (
            "有 {value} 个账户已在系统中委托，文件没有写机构；委托不变。",
            "{value} accounts are placed with an agency here while the file names none; the placements stand.",
        ),
        ("只有由文件登记的委托才会随文件结束。", "A feed ends only placements that a feed made."),
        ("如需收回，请在委托页操作。", "Take them back on the page of placements if that is meant."),
        Severity.INFO,
    ),
    "import.customer.conflict": Wording(
        ("客户“{value}”的资料与第 {known} 行不同。", "Customer {value!r} differs from row {known}."),
        ("同一客户编号应是同一个人;以先出现的一行为准。", "One customer number is one person; the first row stands."),
        ("请核对客户编号是否用错。", "Check whether the customer number is right."),
        W,
    ),
    "import.close.withheld": Wording(
        (
            "有无法识别编号的退回行,因此不按名单关闭任何账户。",
            "Some refused rows have no readable number, so no account is closed by this feed.",
        ),
        ("缺失的账户可能就在这些行里。", "A missing account may be among them."),
        ("请修正退回文件后再导入。", "Mend the reject file and import again."),
        W,
    ),
}


def finding(code: str, place: Place, **values: object) -> Finding:
    """The finding `code` at `place`; `values` fill the template (`value`, `known`, `near`, `near_zh`, `near_en`)."""
    wording = WORDINGS[code]
    filled = {"value": "", "known": "", "near": "", "near_zh": "", "near_en": "", **values}

    def text(pair: tuple[str, str]) -> Text:
        if "{" not in pair[0]:
            return Text(pair[0], pair[1])
        return Text(pair[0].format(**filled).strip(), pair[1].format(**filled).strip())

    return Finding(code, text(wording.what), text(wording.why), text(wording.mend), place, wording.severity)


def quoted(raw: str, kind: str) -> str:
    """The cell as it may be shown: at most 40 characters; personal values are replaced by their length."""
    if kind in PERSONAL_TYPES:
        return f"*{len(raw)}"
    return raw if len(raw) <= 40 else raw[:39] + "…"
