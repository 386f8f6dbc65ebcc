"""The chapters of the case file in order; those about contacts are in `case_file_contacts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairdue.core.text import Text

from . import case_file_contacts as made
from . import case_file_words as words
from .case_file_blocks import Block, clock, codes, heading, money, pairs, paragraph, row, table
from .case_file_front import events

Parts = Mapping[str, Any]


def chapters(document: Mapping[str, Any], digest: str, lang: str) -> list[dict[str, Any]]:
    """All chapters with their numbered titles and blocks."""
    parts = document["sections"]
    listed: list[tuple[Text, list[Block]]] = [
        (words.SECTION_NAMES["complaint"], _complaint(parts, lang)),
        (words.SECTION_NAMES["person"], _person(parts["person"], lang)),
        (words.SECTION_NAMES["debts"], _debts(parts["debts"], made.Numbers(parts, lang), lang)),
        (words.SECTION_NAMES["contacts"], made.contacts(parts, lang)),
        (words.SECTION_NAMES["denials"], made.denials(parts, lang)),
        (words.SECTION_NAMES["unused_permits"], made.unused(parts, lang)),
        (words.SECTION_NAMES["calls"], made.calls(parts, lang)),
        (words.SECTION_NAMES["recordings"], _recordings(parts["recordings"], lang)),
        (words.SECTION_NAMES["letters"], _letters(parts["letters"], lang)),
        (Text("承诺与分期", "Promises and plans"), _agreed(parts, lang)),
        (Text("停催与其他案件", "Holds and other cases"), _matters(parts, lang)),
        (Text("所用规则", "The rules that spoke"), made.rules(parts, lang)),
        (words.SECTION_NAMES["audit"], _audit(parts["audit"], lang)),
        (Text("如何核对本案卷", "How to check this file"), _check(document, digest, lang)),
    ]
    return [{"title": f"{n}. {title.in_(lang)}", "blocks": blocks} for n, (title, blocks) in enumerate(listed, 1)]


def _none(zh: str, en: str, lang: str) -> Block:
    return paragraph(Text(zh, en).in_(lang), "muted")


def _cols(zh: str, en: str, lang: str) -> Sequence[str]:
    return Text(zh, en).in_(lang).split("|")


def _complaint(parts: Parts, lang: str) -> list[Block]:
    case = parts["complaint"]
    blocks = [_case(case, lang), heading(Text("经过（全部）", "Everything that happened").in_(lang))]
    rows = parts["summary"]["timeline"]
    return [*blocks, events(rows, lang) if rows else _none("没有事项。", "Nothing is on record.", lang)]


def _case(case: Parts, lang: str) -> Block:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).in_(lang)

    return pairs(
        [
            (say("编号", "Number"), case["number"]),
            (say("类型", "Kind"), words.name(words.KINDS, case["kind"], lang)),
            (say("状态", "State"), words.name(words.CASE_STATES, case["state"], lang)),
            (say("立案", "Opened"), clock(case["opened"], zone=True)),
            (say("答复期限", "Answer due"), case["due_on"] or "—"),
            (say("结案", "Closed"), clock(case["closed"])),
            (say("涉及账户", "Account"), case["account"] or "—"),
            (say("反映的问题", "What it is about"), case["summary"] or "—"),
            (say("答复", "Answer"), case["answer"] or say("尚未答复。", "There is no answer yet.")),
        ]
    )


def _person(person: Parts, lang: str) -> list[Block]:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).in_(lang)

    none = say("无", "none")
    listed = "、" if lang == "zh" else ", "
    hours = "–".join(person["agreed_hours"]) if person["agreed_hours"] else none
    bad = listed.join("–".join(window) for window in person["inconvenient"]) or none
    block = pairs(
        [
            (say("姓名", "Name"), person["name"]),
            (say("客户编号", "Debtor"), person["debtor"]),
            (say("证件号码", "ID card"), person["id_card"] or "—"),
            (say("地址", "Address"), person["address"] or "—"),
            (say("时区", "Time zones"), listed.join(person["zones"]) or "—"),
            (say("状态", "Status"), words.name(words.STATUSES, person["status"], lang)),
            (say("同意事项", "Consents"), listed.join(person["consents"]) or none),
            (say("拒绝的渠道", "Channels opted out of"), listed.join(person["opt_outs"]) or none),
            (say("约定时间", "Agreed hours"), hours),
            (say("不便时间", "Inconvenient times"), bad),
        ]
    )
    if not person["lines"]:
        return [block, _none("没有登记联系方式。", "No line is on file.", lang)]
    rows = [
        row(
            [
                words.name(words.LINES, line["kind"], lang),
                line["shown"],
                " ".join(filter(None, [words.name(words.ROLES, line["role"], lang), line["name"]])),
                words.name(words.SOURCES, line["source"], lang),
                say("有效", "valid") if line["valid"] else say("无效", "not valid"),
                say("已拒绝联系", "asked not to be contacted") if line["refused"] else "—",
            ]
        )
        for line in person["lines"]
    ]
    columns = _cols("类型|号码|属于|来源|是否有效|拒绝", "Kind|Line|Belongs to|Source|Valid|Refusal", lang)
    return [block, table(columns, [1, 1.6, 1.4, 1.2, 0.9, 1.2], rows)]


def _debts(debts: list[Parts], numbers: made.Numbers, lang: str) -> list[Block]:
    if not debts:
        return [_none("没有账户。", "There is no account.", lang)]
    blocks: list[Block] = []
    for debt in debts:
        name = Text.from_dict(debt["product_name"]).in_(lang) if debt["product_name"] else debt["product"]
        blocks.append(heading(f"{name} {debt['account']} · {debt['lender']}"))
        blocks += _debt(debt, numbers, lang)
    return blocks


def _debt(debt: Parts, numbers: made.Numbers, lang: str) -> list[Block]:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).in_(lang)

    fed = debt["as_fed_on"]
    blocks = [
        pairs(
            [
                (say("状态", "Status"), words.name(words.STATUSES, debt["status"], lang)),
                (say("开户", "Opened"), debt["opened"] or "—"),
                (say("到期还款日", "Due date"), debt["due_date"] or "—"),
                (
                    say("本金（元）", "Balance (CNY)"),
                    say(
                        f"{money(debt['principal_fen'])}（数据日 {fed}）",
                        f"{money(debt['principal_fen'])} (as fed on {fed})",
                    ),
                ),
                (say("委托机构", "Agency"), debt["agency"] or say("自办", "in house")),
            ]
        )
    ]
    owed = debt["owed"]
    if owed["quote"]:
        title = say(f"{owed['day']} 应还", f"Owed on {owed['day']}")
        blocks += [heading(title), _quote(owed["quote"], lang)]
    else:
        reasons = "; ".join(Text.from_dict(f["what"]).in_(lang) for f in owed["findings"])
        blocks.append(
            paragraph(say(f"无法计算应还金额：{reasons}", f"What is owed cannot be computed: {reasons}"), "bad")
        )
    blocks.append(heading(say("账户流水", "Ledger")))
    if debt["entries"]:
        columns = _cols("记账日|类型|金额（元）|流水号|备注", "Value date|Kind|Amount (CNY)|Reference|Note", lang)
        rows = [
            row(
                [
                    e["value_date"],
                    words.name(words.ENTRIES, e["kind"], lang),
                    money(e["amount_fen"]),
                    e["reference"],
                    e["note"] or e["reverses"] or "—",
                ]
            )
            for e in debt["entries"]
        ]
        blocks.append(table(columns, [1.1, 0.8, 1.2, 2, 2.4], rows, right=[2]))
    else:
        blocks.append(_none("没有流水。", "No ledger event is on record.", lang))
    blocks.append(
        heading(say("曾经说明、展示或打印过的金额（报价）", "Figures that were named, shown or printed (quotes)"))
    )
    if not debt["quotes"]:
        blocks.append(_none("没有出具过报价。", "No quote was issued.", lang))
    for quote in debt["quotes"]:
        uses = say("、", ", ").join(numbers.named(one) for one in quote["used_in"]) or say(
            "未在联系中使用", "not used in a contact"
        )
        issued = clock(quote["issued"])
        blocks.append(
            paragraph(
                say(
                    f"{quote['number']}，{issued} 出具，用于：{uses}",
                    f"{quote['number']}, issued {issued}, used in: {uses}",
                )
            )
        )
        blocks.append(_quote(quote, lang))
    return blocks


def _quote(quote: Parts, lang: str) -> Block:
    columns = _cols("项目|计算过程|金额（元）", "Item|How it is computed|Amount (CNY)", lang)
    rows = [
        row(
            [
                Text.from_dict(line["label"]).in_(lang),
                Text.from_dict(line["formula"]).in_(lang),
                money(line["amount_fen"]),
            ]
        )
        for line in quote["lines"]
    ]
    rows.append(row([Text("合计", "Total").in_(lang), "", money(quote["total_fen"])], tone=""))
    return table(columns, [1, 5, 1.2], rows, right=[2])


def _recordings(recordings: Parts, lang: str) -> list[Block]:
    if not recordings["items"]:
        return [
            _none(
                "本系统不保存录音和附件，因此这里没有摘要；如有录音，由电话系统保管，请向该系统调取。",
                "This desk stores neither recordings nor attachments, so there are no digests here; what was recorded is kept "
                "by the telephone system: ask there.",
                lang,
            )
        ]
    columns = _cols("联系|类型|时长|字节|SHA-256", "Contact|Kind|Seconds|Bytes|SHA-256", lang)
    rows = [row([i["contact"], i["kind"], i["seconds"], i["bytes"], i["sha256"]]) for i in recordings["items"]]
    return [table(columns, [1.2, 0.8, 0.7, 0.8, 3.5], rows)]


def _letters(letters: Parts, lang: str) -> list[Block]:
    blocks = []
    if letters["items"]:
        rows = [
            row([i["no"], clock(i["at"]), words.name(words.CHANNELS, i["channel"], lang)]) for i in letters["items"]
        ]
        blocks.append(table(_cols("次|时间（当地）|方式", "No.|When (local)|How", lang), [0.5, 2, 3], rows))
    else:
        blocks.append(_none("没有发出信函或短信的记录。", "No letter or message is on record.", lang))
    if not letters["copies_stored_here"]:
        blocks.append(_none("本系统不保存函件副本。", "The desk keeps no copies of what was sent.", lang))
    return blocks


def _agreed(parts: Parts, lang: str) -> list[Block]:
    blocks: list[Block] = [heading(words.SECTION_NAMES["promises"].in_(lang))]
    if parts["promises"]:
        columns = _cols(
            "作出|金额（元）|应还日|复述确认|状态|已收（元）",
            "Made|Amount (CNY)|Due|Read back|State|Received (CNY)",
            lang,
        )
        yes, no = Text("是", "yes").in_(lang), Text("否", "no").in_(lang)
        rows = [
            row(
                [
                    clock(p["made"], seconds=False),
                    money(p["amount_fen"]),
                    f"{p['due_on']} {(p['due_time'] or '')[:5]}",
                    yes if p["read_back"] else no,
                    words.name(words.PROMISE_STATES, p["state"], lang),
                    money(p["paid_fen"]),
                ]
            )
            for p in parts["promises"]
        ]
        blocks.append(table(columns, [1.6, 1.2, 1.5, 0.9, 1, 1.2], rows, right=[1, 5]))
    else:
        blocks.append(_none("没有还款承诺。", "No promise was made.", lang))
    blocks.append(heading(words.SECTION_NAMES["plans"].in_(lang)))
    if not parts["plans"]:
        blocks.append(_none("没有分期方案。", "No plan was agreed.", lang))
    columns = _cols("期|应还日|金额（元）|已收（元）|状态", "Part|Due|Amount (CNY)|Received (CNY)|State", lang)
    for plan in parts["plans"]:
        state, kind = (
            words.name(words.PROMISE_STATES, plan["state"], lang),
            words.name(words.PLAN_KINDS, plan["kind"], lang),
        )
        blocks.append(paragraph(f"{plan['agreed_on']} · {kind} · {money(plan['total_fen'])} · {state}"))
        rows = [
            row(
                [
                    p["number"],
                    p["due_on"],
                    money(p["amount_fen"]),
                    money(p["paid_fen"]),
                    words.name(words.PROMISE_STATES, p["state"], lang),
                ]
            )
            for p in plan["parts"]
        ]
        blocks.append(table(columns, [0.5, 1.2, 1.2, 1.2, 1], rows, right=[2, 3]))
    return blocks


def _matters(parts: Parts, lang: str) -> list[Block]:
    blocks: list[Block] = [heading(words.SECTION_NAMES["holds"].in_(lang))]
    system = Text("系统", "the system").in_(lang)
    if parts["holds"]:
        columns = _cols("原因|设置|解除", "Why|Set|Lifted", lang)
        rows = [
            row(
                [
                    words.name(words.HOLDS, h["kind"], lang),
                    f"{clock(h['set'], seconds=False)} {h['set_by'] or system}",
                    f"{clock(h['lifted'], seconds=False)} {h['lifted_by'] or system}"
                    if h["lifted"]
                    else Text("仍然有效", "still stands").in_(lang),
                ],
                [
                    Text("依据：", "Reason: ").in_(lang) + h["reason"] if h["reason"] else "",
                    _asked(h, lang),
                    Text("解除依据：", "Lifted because: ").in_(lang) + h["lift_reason"] if h["lift_reason"] else "",
                ],
            )
            for h in parts["holds"]
        ]
        blocks.append(table(columns, [1.2, 2, 2], rows))
    else:
        blocks.append(_none("没有停催记录。", "No hold was ever set.", lang))
    if parts["crises"]:
        blocks.append(heading(words.SECTION_NAMES["crises"].in_(lang)))
        columns = _cols("发出|案件|知悉|撤回", "Raised|Case|Seen|Withdrawn", lang)
        rows = [
            row(
                [clock(c["raised"]), c["case"], f"{clock(c['seen'])} {c['seen_by'] or ''}", clock(c["withdrawn"])],
                [c["withdrawn_reason"]],
            )
            for c in parts["crises"]
        ]
        blocks.append(table(columns, [1.5, 1.5, 1.8, 1.5], rows))
    blocks.append(heading(words.SECTION_NAMES["cases"].in_(lang)))
    columns = _cols("编号|类型|立案|期限|状态", "Number|Kind|Opened|Due|State", lang)
    rows = [
        row(
            [
                c["number"],
                words.name(words.KINDS, c["kind"], lang),
                clock(c["opened"], seconds=False),
                c["due_on"] or "—",
                words.name(words.CASE_STATES, c["state"], lang),
            ],
            [c["summary"], Text("答复：", "Answer: ").in_(lang) + c["answer"] if c["answer"] else ""],
        )
        for c in parts["cases"]
    ]
    return [*blocks, table(columns, [1.8, 1, 1.4, 1, 1.2], rows)]


def _asked(hold: Parts, lang: str) -> str:
    """The first of two people and the kind of proof, where the hold has them."""
    said = []
    if hold.get("lift_asked"):
        by, at = hold["lift_asked_by"], clock(hold["lift_asked"], seconds=False)
        said.append(Text(f"申请解除：{at} {by}", f"Lifting asked for: {at} {by}").in_(lang))
    if hold.get("lift_evidence"):
        said.append(Text(f"证明种类：{hold['lift_evidence']}", f"Kind of proof: {hold['lift_evidence']}").in_(lang))
    return Text("；", "; ").in_(lang).join(said)


def _audit(audit: Parts, lang: str) -> list[Block]:
    if not audit["rows"]:
        return [_none("没有审计记录。", "There is no audit row.", lang)]
    intro = Text(
        "每一条的哈希覆盖本条全部内容和前一条的哈希，从起点哈希一直连到末条哈希。其间其他客户的记录不在本案卷内，JSON 只带它们的摘要，"
        "足以逐条核对链条；也可以与同一范围的审计链导出核对。",
        "The hash of each row covers its content and the hash before it, from the anchor to the last hash. Rows of other "
        "customers lie between; of those the JSON carries only the digests, which is enough to follow the chain. It can be "
        "compared with a signed export of the same range of the trail too.",
    ).in_(lang)
    columns = _cols(
        "序号|时间（UTC）|谁|事项|对象|哈希（前 16 位）", "No.|Time (UTC)|Who|What|Subject|Hash (first 16)", lang
    )
    rows = [
        row(
            [
                r["seq"],
                r["at"][:19].replace("T", " "),
                r["actor"] or "—",
                r["kind"],
                r["subject"] or "—",
                r["hash"][:16],
            ]
        )
        for r in audit["rows"]
    ]
    ends = codes(
        [
            (Text("起点哈希", "Anchor").in_(lang), audit["anchor"]),
            (Text("末条哈希", "Last hash").in_(lang), audit["head"]),
        ]
    )
    return [paragraph(intro), ends, table(columns, [0.6, 1.5, 0.9, 1.5, 1.8, 1.6], rows, size=7.5)]


def _check(document: Mapping[str, Any], digest: str, lang: str) -> list[Block]:
    steps = (
        Text(
            "1. 本 PDF 附有 JSON 原件（阅读器的“附件”栏）。打印件以每页页脚的 SHA-256 与 JSON 原件对应。",
            "1. The JSON is attached to this PDF (see your reader's attachments). A print is tied to it by the SHA-256 in each footer.",
        ),
        Text(
            "2. 运行 fairdue casefile verify 文件.json，或在系统的“核对案卷”页上传；结果会指出哪一部分被改动。",
            "2. Run fairdue casefile verify FILE.json, or upload it on the desk's page; the result names the section that was changed.",
        ),
        Text(
            "3. 签名为 Ed25519。请从本机构的其他渠道取得公钥，与下面的公钥比对；只有这样才能证明出具者是谁。",
            "3. The signature is Ed25519. Get our public key another way and compare: only that proves who issued the file.",
        ),
    )
    signature = document["signatures"]["file"]
    blocks = [paragraph(step.in_(lang)) for step in steps]
    blocks.append(
        codes(
            [
                ("SHA-256", digest),
                (Text("公钥", "Public key").in_(lang), signature["public_key"]),
                ("Schema", document["schema"]),
            ]
        )
    )
    blocks.append(codes([(Text("签名", "Signature").in_(lang), signature["signature"])]))
    blocks.append(heading(Text("各部分的 SHA-256", "SHA-256 of each section").in_(lang)))
    named = {code: words.name(words.SECTION_NAMES, code, lang) for code in document["digests"]}
    return [*blocks, codes([(named[code], value) for code, value in document["digests"].items()])]
