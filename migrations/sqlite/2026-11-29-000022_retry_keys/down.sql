CREATE TABLE idempotency_rows (
    account_id BLOB NOT NULL REFERENCES account (id),
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    answer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_rows SELECT account_id, idempotency_key, fingerprint, answer, created_at FROM idempotency;
DROP TABLE idempotency;
ALTER TABLE idempotency_rows RENAME TO idempotency;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
