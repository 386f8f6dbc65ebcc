"""What a feed changes: new, changed, unchanged and missing accounts against what is already known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairdue.core.findings import Finding, Place

from .importer import ImportResult
from .wording import finding


@dataclass(frozen=True, slots=True)
class Comparison:
    """Account numbers by what happens to them. `closing` ⊆ `missing`: those that the mapping says are closed by feed."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    missing: tuple[str, ...]
    closing: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def compare(result: ImportResult, known: Mapping[str, str]) -> Comparison:
    """Compare with `known` (account_id → digest of the open accounts).

    An account whose row was rejected or excluded is in the file, so it is not missing. Nothing is closed by a feed that
    took no row, or that has refused rows without a readable number: an account might be in there.
    """
    fed = {account.account_id: account.digest for account in result.accounts}
    present = fed.keys() | result.excluded_keys | {row.key for row in result.rejected}
    missing = tuple(sorted(number for number in known if number not in present))
    closing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    if result.mapping.missing_accounts == "close" and result.usable and fed and missing:
        if any(not row.key for row in result.rejected):
            findings = (finding("import.close.withheld", Place(result.file)),)
        else:
            closing = missing
    return Comparison(
        new=tuple(number for number in fed if number not in known),
        changed=tuple(number for number, digest in fed.items() if number in known and known[number] != digest),
        unchanged=tuple(number for number, digest in fed.items() if known.get(number) == digest),
        missing=missing if result.usable else (),
        closing=closing,
        findings=findings,
    )
