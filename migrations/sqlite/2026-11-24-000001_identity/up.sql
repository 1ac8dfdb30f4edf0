-- A list of three or more after IN would be a temporary table, built anew for every row that is written: so it is spelled out with OR.
CREATE TABLE installation (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE office (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (
        role = 'administrator' OR role = 'official' OR role = 'caseworker' OR role = 'supervisor'
        OR role = 'ngo_coordinator' OR role = 'auditor' OR role = 'applicant'),
    office_id BLOB REFERENCES office (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    password TEXT NOT NULL,
    authz_version INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_by_office ON account (office_id);

-- The answer to a request that had an effect, kept for its retries and committed with the effect.
CREATE TABLE idempotency (
    account_id BLOB NOT NULL REFERENCES account (id),
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    answer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_age ON idempotency (created_at);
