"""The audit trail: append-only rows in SQLite, chained by hash, durable before anything happens."""
