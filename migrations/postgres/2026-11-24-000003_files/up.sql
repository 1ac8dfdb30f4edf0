CREATE TABLE permit (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('temporary_residence_permit', 'permanent_residence_permit', 'refugee_status', 'court_established_residence', 
        'visa_stay', 'visa_free_stay', 'stay_extension', 'work_permit', 'immigrant_status')),
    ground TEXT,
    sponsor_ground TEXT,
    document_number TEXT,
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

CREATE UNIQUE INDEX permit_live ON permit (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE address (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('stay', 'residence')),
    basis TEXT NOT NULL CHECK (basis IN ('owner', 'lease', 'host', 'order', 'other')),
    division TEXT NOT NULL,
    as_printed TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    certain_from DATE,
    certain_to DATE,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX address_live ON address (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE crossing (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    direction TEXT NOT NULL CHECK (direction IN ('exit', 'entry')),
    crossed_on DATE NOT NULL,
    place TEXT,
    source TEXT NOT NULL CHECK (source IN ('border', 'document', 'declared')),
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX crossing_live ON crossing (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE presence_gap (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (valid_to >= valid_from),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX presence_gap_live ON presence_gap (person_id, id) WHERE superseded_at IS NULL;

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- SQLite does the same by triggers of the same names.
ALTER TABLE permit ADD CONSTRAINT overlapping_permit EXCLUDE USING gist
    (person_id WITH =, kind WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (superseded_at IS NULL AND NOT withdrawn);
ALTER TABLE address ADD CONSTRAINT overlapping_address EXCLUDE USING gist
    (person_id WITH =, kind WITH =, daterange(certain_from, certain_to, '[]') WITH &&)
    WHERE (superseded_at IS NULL AND NOT withdrawn AND certain_from IS NOT NULL);
