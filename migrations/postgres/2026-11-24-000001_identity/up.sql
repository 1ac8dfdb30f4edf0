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

CREATE TABLE organisation (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- Who may sign in. What an account may do stands in its membership. No state column: it was invited while it has no password, and it is
-- disabled once somebody disabled it.
CREATE TABLE account (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password TEXT,
    authz_version INTEGER NOT NULL,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BYTEA REFERENCES account (id),
    disabled_at BIGINT,
    disabled_by BYTEA REFERENCES account (id)
);

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

-- One proof of who somebody is. Everything that ends it stands here, so that it ends on every instance.
CREATE TABLE session (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BYTEA NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    second_factor BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_for TEXT CHECK (ended_for IN ('signed_out', 'revoked', 'rights_changed', 'token_reused'))
);

CREATE INDEX session_by_account ON session (account_id, created_at);

-- Single use: a token that is spent has its successor, and shown again it betrays a thief.
CREATE TABLE refresh_token (
    token_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id BYTEA NOT NULL REFERENCES session (id),
    issued_at BIGINT NOT NULL,
    spent_at BIGINT
);

CREATE INDEX refresh_token_by_session ON refresh_token (session_id);

-- Devices from which somebody signed in before: strangers' failures do not lock them out.
CREATE TABLE device (
    token_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id BYTEA NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);

CREATE INDEX device_by_account ON device (account_id);

-- Failures by pseudonym, so that unknown names count like known ones. One row per name and kind of try.
CREATE TABLE failed_try (
    counter BYTEA NOT NULL PRIMARY KEY CHECK (length(counter) = 32),
    failures INTEGER NOT NULL CHECK (failures > 0),
    last_at BIGINT NOT NULL
);

CREATE INDEX failed_try_by_age ON failed_try (last_at);

-- Time-based one-time passwords. The last accepted step stands here, so that a code works once. A seed counts once a code of it was shown;
-- until then the one before it does.
CREATE TABLE totp (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES account (id),
    seed BYTEA,
    next_seed BYTEA,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL,
    CHECK ((seed IS NULL) = (confirmed_at IS NULL))
);

CREATE TABLE recovery_code (
    account_id BYTEA NOT NULL REFERENCES account (id),
    code_hash BYTEA NOT NULL CHECK (length(code_hash) = 32),
    used_at BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

-- What is handed to somebody so that they set their own password: to the first administrator, to a new colleague, to an immigrant at the desk.
CREATE TABLE one_time_code (
    code_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('first_administrator', 'activation', 'reset')),
    account_id BYTEA REFERENCES account (id),
    issued_at BIGINT NOT NULL,
    issued_by BYTEA REFERENCES account (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX one_time_code_by_account ON one_time_code (account_id);
