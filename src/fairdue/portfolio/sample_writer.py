"""Write a sample as files: the standard-zh layouts, and the two Parquet files of the night.

Column names and labels are taken from the shipped mappings themselves, so what is written is what the importer reads.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from .mapping import Mapping, load_mapping
from .sample import Sample

FORMATS = ("csv", "parquet")


def write_sample(sample: Sample, folder: Path | str, form: str = "csv") -> dict[str, int]:
    """Write all files into `folder` (made if absent); returns rows per file name. Raises `ValueError` on a bad form.

    `accounts`, `lines`, `payments`, `contacts_history`, `holds` as `form` (csv has a BOM, so Excel opens it rightly);
    `night_accounts.parquet` and `night_events.parquet` in the night's layout whatever the form. With `parquet` the
    feeds hold the same text columns.
    """
    if form not in FORMATS:
        raise ValueError(f"unknown format {form!r}; use one of {', '.join(FORMATS)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    feeds = {
        "accounts": ("standard-zh", _account_feed(sample)),
        "lines": ("standard-zh-contacts", sample.line_rows),
        "payments": ("payments", sample.event_rows.with_columns(reversal=pl.col("kind") == "reversal").drop("kind")),
        "contacts_history": (
            "standard-zh-history",
            sample.history_rows.with_columns(
                pl.col("at").dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
            ),
        ),
        "holds": ("standard-zh-holds", sample.hold_rows),
    }
    counts = {}
    for name, (mapping_name, frame) in feeds.items():
        mapping, findings = load_mapping(mapping_name)
        assert mapping is not None, [f.line() for f in findings]
        table = labelled(frame, mapping)
        file = f"{name}.{form}"
        if form == "csv":
            table.write_csv(folder / file, include_bom=True)
        else:
            table.write_parquet(folder / file)
        counts[file] = table.height
    for file, frame in (("night_accounts", night_accounts(sample)), ("night_events", night_events(sample))):
        frame.write_parquet(folder / f"{file}.parquet")
        counts[f"{file}.parquet"] = frame.height
    return counts


def labelled(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The frame as text columns under the mapping's names, enumerations by their first label, money as `1234.50`."""
    columns = []
    for spec in mapping.columns:
        if spec.field not in frame.columns:
            continue
        column = pl.col(spec.field)
        if spec.type == "money":
            column = yuan(spec.field)
        elif spec.type == "enum":
            labels: dict[str, str] = {}
            for label, value in spec.values.items():
                labels.setdefault(value, str(label))
            column = column.replace_strict(labels)
        elif spec.type == "list":
            column = column.list.join(";")
        elif spec.type == "flag":
            column = pl.when(column).then(pl.lit("是")).otherwise(pl.lit("否"))
        elif spec.type == "instant":
            column = column.dt.strftime("%Y-%m-%d %H:%M:%S")
        columns.append(column.cast(pl.String).alias(spec.names[0]))
    # a line's number, a contact's name and relation: named by their column already
    return frame.select(*columns, *[name for name in _line_columns(mapping) if name in frame.columns])


def yuan(name: str) -> pl.Expr:
    """Fen as text in yuan with two places, by whole-number arithmetic (amounts are not negative)."""
    cents = (pl.col(name) % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str((pl.col(name) // 100).cast(pl.String), pl.lit("."), cents)


def _line_columns(mapping: Mapping) -> list[str]:
    specs = [spec for line in mapping.lines for spec in (line.name_column, line.role_column, line.column) if spec]
    return [spec.names[0] for spec in specs]


def _account_feed(sample: Sample) -> pl.DataFrame:
    """Accounts with their customer and their lines side by side, as lenders send them."""
    own = sample.line_rows.filter(pl.col("role") == "debtor")
    frame = sample.account_rows.join(
        sample.people.rename({"status": "customer_status"}).with_columns(generated_identity=pl.lit(True)),
        on="debtor_id",
        how="left",
        maintain_order="left",
    )
    for kind, name in (("mobile", "手机"), ("home", "家庭电话"), ("office", "单位电话")):
        one = own.filter(pl.col("kind") == kind).select("debtor_id", pl.col("value").alias(name))
        frame = frame.join(one, on="debtor_id", how="left", maintain_order="left")
    relation = {
        "spouse": "配偶",
        "family": "亲属",
        "friend": "朋友",
        "colleague": "同事",
        "agreed_contact": "约定联系人",
    }
    contact = (
        sample.line_rows.filter((pl.col("role") != "debtor") & (pl.col("source") == "contract"))
        .unique("debtor_id", keep="first", maintain_order=True)
        .select(
            "debtor_id",
            pl.col("contact_name").alias("紧急联系人"),
            pl.col("role").replace_strict(relation).alias("紧急联系人关系"),
            pl.col("value").alias("紧急联系人电话"),
        )
    )
    return frame.join(contact, on="debtor_id", how="left", maintain_order="left")


def night_accounts(sample: Sample) -> pl.DataFrame:
    """`accounts.parquet` of the night; a held customer is not to be contacted."""
    held = sample.hold_rows["debtor_id"].unique().implode()
    return sample.account_rows.join(
        sample.people.select("debtor_id", "zone"), on="debtor_id", how="left", maintain_order="left"
    ).select(
        "account_id",
        "debtor_id",
        "product",
        "principal_fen",
        "due_fen",
        "due_date",
        "opened",
        pl.col("cycles").cast(pl.Int32),
        "limit_fen",
        pl.lit(None, pl.String).alias("agent_group"),
        pl.col("debtor_id").is_in(held).alias("do_not_contact"),
        "zone",
    )


def night_events(sample: Sample) -> pl.DataFrame:
    """`events.parquet` of the night, by time. A reversed payment and its reversal are both left out."""
    undone = sample.event_rows["reverses"].drop_nulls().implode()
    paid = (
        sample.event_rows.filter((pl.col("kind") == "payment") & ~pl.col("reference").is_in(undone))
        .join(sample.account_rows.select("account_id", "debtor_id"), on="account_id", how="left")
        .select(
            pl.col("value_date")
            .cast(pl.Datetime("us"))
            .dt.replace_time_zone("Asia/Shanghai")
            .dt.convert_time_zone("UTC")
            .alias("ts"),
            "debtor_id",
            "account_id",
            "kind",
            "amount_fen",
            pl.lit(False).alias("connected"),
            pl.lit(0, pl.Int32).alias("talk_seconds"),
            pl.lit(None, pl.String).alias("line_id"),
        )
    )
    talked = sample.history_rows.select(
        pl.col("at").alias("ts"),
        "debtor_id",
        "account_id",
        "kind",
        "amount_fen",
        "connected",
        pl.col("talk_seconds").cast(pl.Int32),
        pl.col("line").alias("line_id"),
    )
    return pl.concat([talked, paid]).sort("ts", "debtor_id", "kind")
