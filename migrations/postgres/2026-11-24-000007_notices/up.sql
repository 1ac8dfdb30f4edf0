-- What the holder of an account should know happened to it. Nothing personal: what, when, and when it was put away.
CREATE TABLE notice (
    account_id BYTEA NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('new_device', 'sign_in_after_failures', 'factor_changed', 'password_changed')),
    at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (account_id, id)
);

CREATE INDEX notice_unread ON notice (account_id) WHERE read_at IS NULL;
