-- The rows of an event come in with it, in one transaction of one function, and an event is never removed: the checks of them
-- against each other never fail, and each event paid for three of them. SQLite drops a reference by a new table.
CREATE TABLE audit_body_rows (
    event_id BLOB NOT NULL PRIMARY KEY,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    key_id INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO audit_body_rows SELECT event_id, salt, key_id, body FROM audit_body;
DROP TABLE audit_body;
ALTER TABLE audit_body_rows RENAME TO audit_body;

CREATE TABLE audit_subject_rows (
    subject_tag BLOB NOT NULL CHECK (length(subject_tag) = 16),
    event_id BLOB NOT NULL,
    PRIMARY KEY (subject_tag, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO audit_subject_rows SELECT subject_tag, event_id FROM audit_subject;
DROP TABLE audit_subject;
ALTER TABLE audit_subject_rows RENAME TO audit_subject;

CREATE TABLE audit_pending_rows (
    event_id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO audit_pending_rows SELECT event_id FROM audit_pending;
DROP TABLE audit_pending;
ALTER TABLE audit_pending_rows RENAME TO audit_pending;
