CREATE TABLE installation (
    one SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    demo BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE office (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE account (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('administrator', 'official', 'caseworker', 'supervisor', 'ngo_coordinator', 'auditor', 'applicant')),
    office_id BYTEA REFERENCES office (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    password TEXT NOT NULL,
    authz_version INTEGER NOT NULL,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX account_by_office ON account (office_id);

-- The answer to a request that had an effect, kept for its retries and committed with the effect.
CREATE TABLE idempotency (
    account_id BYTEA NOT NULL REFERENCES account (id),
    idempotency_key TEXT NOT NULL,
    fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 32),
    answer BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);
