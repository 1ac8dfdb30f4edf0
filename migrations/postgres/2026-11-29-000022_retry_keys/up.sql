-- Rows already lie in the order in which they came here; SQLite's table changes.
COMMENT ON TABLE idempotency IS 'Answers to requests that had an effect, sealed, kept for retries for 72 hours';
