CREATE TABLE audit_event (
    event_id BLOB NOT NULL PRIMARY KEY CHECK (length(event_id) = 16),
    writer INTEGER NOT NULL,
    wseq INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    action INTEGER NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 75),
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    UNIQUE (writer, wseq)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_body (
    event_id BLOB NOT NULL PRIMARY KEY REFERENCES audit_event (event_id),
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    key_id INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_subject (
    subject_tag BLOB NOT NULL CHECK (length(subject_tag) = 16),
    event_id BLOB NOT NULL REFERENCES audit_event (event_id),
    PRIMARY KEY (subject_tag, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_pending (
    event_id BLOB NOT NULL PRIMARY KEY REFERENCES audit_event (event_id)
) STRICT, WITHOUT ROWID;

-- Nobody, this program included, changes or removes an event.
CREATE TRIGGER audit_event_is_not_changed BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are not changed'); END;
CREATE TRIGGER audit_event_is_not_removed BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are not removed'); END;
