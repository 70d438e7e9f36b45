"""The audit log: who did what with a credential, a grant, a share or a query. Append-only, chained by hashes."""
