CREATE TABLE evidence (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL,
    level TEXT CHECK (level IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    valid_from DATE NOT NULL,
    valid_to DATE,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (valid_to >= valid_from),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX evidence_live ON evidence (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE rule_fact (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    name TEXT NOT NULL,
    value BOOLEAN NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX rule_fact_live ON rule_fact (person_id, id) WHERE superseded_at IS NULL;

CREATE UNIQUE INDEX rule_fact_once ON rule_fact (person_id, name) WHERE superseded_at IS NULL AND NOT withdrawn;

CREATE TABLE legal_event (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL,
    happened_on DATE NOT NULL,
    happened_at BIGINT,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX legal_event_live ON legal_event (person_id, id) WHERE superseded_at IS NULL;
