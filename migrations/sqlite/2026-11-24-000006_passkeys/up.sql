-- Passkeys that count as an account's second factor. The credential (public key, flags, counter) is sealed; the counter of the last use
-- stands beside it, so that one UPDATE both judges and raises it.
CREATE TABLE passkey (
    credential_id BLOB NOT NULL PRIMARY KEY CHECK (length(credential_id) BETWEEN 1 AND 1023),
    account_id BLOB NOT NULL REFERENCES account (id),
    credential BLOB NOT NULL,
    counter INTEGER NOT NULL CHECK (counter >= 0),
    name TEXT CHECK (length(name) BETWEEN 1 AND 200),
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_by_account ON passkey (account_id);

-- Challenges that were handed out, each for one sign-in of one account, good once. What the answer is judged by is sealed.
CREATE TABLE passkey_challenge (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BLOB NOT NULL REFERENCES account (id),
    sign_in_id BLOB NOT NULL CHECK (length(sign_in_id) = 16),
    purpose TEXT NOT NULL CHECK (purpose = 'register' OR purpose = 'authenticate'),
    state BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_challenge_by_end ON passkey_challenge (expires_at);
