-- Clients choose random keys. In a table that lies in the order of its keys each answer would go to a page of its own, five to a
-- page, so that every second one splits it. Here the answers lie in the order in which they were given, and only the keys do not.
-- The oldest, which are removed first, lie together.
CREATE TABLE idempotency_rows (
    account_id BLOB NOT NULL REFERENCES account (id),
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    answer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
) STRICT;
INSERT INTO idempotency_rows SELECT account_id, idempotency_key, fingerprint, answer, created_at FROM idempotency ORDER BY created_at;
DROP TABLE idempotency;
ALTER TABLE idempotency_rows RENAME TO idempotency;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
