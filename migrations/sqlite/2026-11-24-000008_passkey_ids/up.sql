-- An id by which its holder names a passkey. The credential's own id is long, and shown with every sign-in.
CREATE TABLE passkey_with_id (
    credential_id BLOB NOT NULL PRIMARY KEY CHECK (length(credential_id) BETWEEN 1 AND 1023),
    account_id BLOB NOT NULL REFERENCES account (id),
    credential BLOB NOT NULL,
    counter INTEGER NOT NULL CHECK (counter >= 0),
    name TEXT CHECK (length(name) BETWEEN 1 AND 200),
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    id BLOB NOT NULL CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO passkey_with_id
    SELECT credential_id, account_id, credential, counter, name, created_at, used_at, randomblob(16) FROM passkey;
DROP TABLE passkey;
ALTER TABLE passkey_with_id RENAME TO passkey;

CREATE UNIQUE INDEX passkey_by_account ON passkey (account_id, id);
