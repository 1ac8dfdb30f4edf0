CREATE TABLE evidence (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL,
    level TEXT CHECK (
        level = 'A1' OR level = 'A2' OR level = 'B1' OR level = 'B2' OR level = 'C1' OR level = 'C2'),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (valid_to >= valid_from),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX evidence_live ON evidence (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE rule_fact (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    name TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (value IN (0, 1)),
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX rule_fact_live ON rule_fact (person_id, id) WHERE superseded_at IS NULL;

CREATE UNIQUE INDEX rule_fact_once ON rule_fact (person_id, name) WHERE superseded_at IS NULL AND withdrawn = 0;

CREATE TABLE legal_event (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    happened_at INTEGER,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX legal_event_live ON legal_event (person_id, id) WHERE superseded_at IS NULL;
