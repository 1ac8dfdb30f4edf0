CREATE TABLE audit_event (
    event_id BYTEA NOT NULL PRIMARY KEY CHECK (length(event_id) = 16),
    writer BIGINT NOT NULL,
    wseq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    action SMALLINT NOT NULL,
    leaf BYTEA NOT NULL CHECK (length(leaf) = 75),
    mac BYTEA NOT NULL CHECK (length(mac) = 32),
    UNIQUE (writer, wseq)
);

CREATE TABLE audit_body (
    event_id BYTEA NOT NULL PRIMARY KEY REFERENCES audit_event (event_id),
    salt BYTEA NOT NULL CHECK (length(salt) = 32),
    key_id INTEGER NOT NULL,
    body BYTEA NOT NULL
);

CREATE TABLE audit_subject (
    subject_tag BYTEA NOT NULL CHECK (length(subject_tag) = 16),
    event_id BYTEA NOT NULL REFERENCES audit_event (event_id),
    PRIMARY KEY (subject_tag, event_id)
);

CREATE TABLE audit_pending (
    event_id BYTEA NOT NULL PRIMARY KEY REFERENCES audit_event (event_id)
);

-- Nobody, this program included, changes or removes an event.
CREATE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit events are neither changed nor removed'; END $$;
CREATE TRIGGER audit_event_is_not_changed BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_event_stays();
CREATE TRIGGER audit_event_is_not_truncated BEFORE TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_event_stays();
ALTER TABLE audit_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
