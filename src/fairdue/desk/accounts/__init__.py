"""Portfolio: customers, their lines, accounts, ledger events, imports, quotes; personal data sealed and revealed."""
