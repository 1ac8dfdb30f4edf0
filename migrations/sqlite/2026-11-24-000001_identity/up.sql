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

CREATE TABLE organisation (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may sign in. What an account may do stands in its membership. No state column: it was invited while it has no password, and it is
-- disabled once somebody disabled it.
CREATE TABLE account (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password TEXT,
    authz_version INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES account (id),
    disabled_at INTEGER,
    disabled_by BLOB REFERENCES account (id)
) STRICT, WITHOUT ROWID;

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

-- One proof of who somebody is. Everything that ends it stands here, so that it ends on every instance.
CREATE TABLE session (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BLOB NOT NULL REFERENCES account (id),
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    second_factor INTEGER NOT NULL CHECK (second_factor IN (0, 1)),
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_for TEXT CHECK (
        ended_for = 'signed_out' OR ended_for = 'revoked' OR ended_for = 'rights_changed' OR ended_for = 'token_reused')
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_account ON session (account_id, created_at);

-- Single use: a token that is spent has its successor, and shown again it betrays a thief.
CREATE TABLE refresh_token (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id BLOB NOT NULL REFERENCES session (id),
    issued_at INTEGER NOT NULL,
    spent_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_token_by_session ON refresh_token (session_id);

-- Devices from which somebody signed in before: strangers' failures do not lock them out.
CREATE TABLE device (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id BLOB NOT NULL REFERENCES account (id),
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX device_by_account ON device (account_id);

-- Failures by pseudonym, so that unknown names count like known ones. One row per name and kind of try.
CREATE TABLE failed_try (
    counter BLOB NOT NULL PRIMARY KEY CHECK (length(counter) = 32),
    failures INTEGER NOT NULL CHECK (failures > 0),
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX failed_try_by_age ON failed_try (last_at);

-- Time-based one-time passwords. The last accepted step stands here, so that a code works once. A seed counts once a code of it was shown;
-- until then the one before it does.
CREATE TABLE totp (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES account (id),
    seed BLOB,
    next_seed BLOB,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL,
    CHECK ((seed IS NULL) = (confirmed_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_code (
    account_id BLOB NOT NULL REFERENCES account (id),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    used_at INTEGER,
    PRIMARY KEY (account_id, code_hash)
) STRICT, WITHOUT ROWID;

-- What is handed to somebody so that they set their own password: to the first administrator, to a new colleague, to an immigrant at the desk.
CREATE TABLE one_time_code (
    code_hash BLOB NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    purpose TEXT NOT NULL CHECK (purpose = 'first_administrator' OR purpose = 'activation' OR purpose = 'reset'),
    account_id BLOB REFERENCES account (id),
    issued_at INTEGER NOT NULL,
    issued_by BLOB REFERENCES account (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX one_time_code_by_account ON one_time_code (account_id);
