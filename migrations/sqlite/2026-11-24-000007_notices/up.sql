-- What the holder of an account should know happened to it. Nothing personal: what, when, and when it was put away.
CREATE TABLE notice (
    account_id BLOB NOT NULL REFERENCES account (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (
        kind = 'new_device' OR kind = 'sign_in_after_failures' OR kind = 'factor_changed' OR kind = 'password_changed'),
    at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX notice_unread ON notice (account_id) WHERE read_at IS NULL;
