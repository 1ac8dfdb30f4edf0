-- Passkeys that count as an account's second factor. The credential (public key, flags, counter) is sealed; the counter of the last use
-- stands beside it, so that one UPDATE both judges and raises it.
CREATE TABLE passkey (
    credential_id BYTEA NOT NULL PRIMARY KEY CHECK (length(credential_id) BETWEEN 1 AND 1023),
    account_id BYTEA NOT NULL REFERENCES account (id),
    credential BYTEA NOT NULL,
    counter BIGINT NOT NULL CHECK (counter >= 0),
    name TEXT CHECK (length(name) BETWEEN 1 AND 200),
    created_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX passkey_by_account ON passkey (account_id);

-- Challenges that were handed out, each for one sign-in of one account, good once. What the answer is judged by is sealed.
CREATE TABLE passkey_challenge (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BYTEA NOT NULL REFERENCES account (id),
    sign_in_id BYTEA NOT NULL CHECK (length(sign_in_id) = 16),
    purpose TEXT NOT NULL CHECK (purpose IN ('register', 'authenticate')),
    state BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX passkey_challenge_by_end ON passkey_challenge (expires_at);
