CREATE TABLE person (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    file_number TEXT NOT NULL UNIQUE,
    office_id BYTEA NOT NULL REFERENCES office (id),
    created_at BIGINT NOT NULL
);

CREATE INDEX person_by_office ON person (office_id, file_number);

-- The particulars that are one value each. Every change of a name or nationality makes a version here too, so that one number is
-- the version of the whole record.
CREATE TABLE person_record (
    person_id BYTEA NOT NULL REFERENCES person (id),
    version INTEGER NOT NULL CHECK (version > 0),
    birth_date TEXT,
    sex SMALLINT NOT NULL CHECK (sex IN (0, 1, 2, 9)),
    reason TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX person_record_live ON person_record (person_id) WHERE superseded_at IS NULL;

CREATE TABLE person_name (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('current', 'birth', 'married', 'former', 'alias', 'as_printed')),
    full_name_as_printed TEXT NOT NULL,
    given TEXT,
    surname TEXT,
    patronymic TEXT,
    patronymic_form TEXT CHECK (patronymic_form IN ('oglu', 'qizi', 'russian', 'other')),
    no_surname BOOLEAN NOT NULL,
    script TEXT,
    language TEXT,
    valid_from DATE,
    valid_to DATE,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX person_name_live ON person_name (person_id, id) WHERE superseded_at IS NULL;

-- Keys under which live names are found: our own columns, because no engine folds the alphabets of the register.
CREATE TABLE person_name_key (
    kind TEXT NOT NULL CHECK (kind IN ('exact', 'fold', 'stem', 'skel')),
    name_key TEXT NOT NULL,
    person_id BYTEA NOT NULL REFERENCES person (id),
    name_id BYTEA NOT NULL,
    PRIMARY KEY (kind, name_key, person_id, name_id)
);

CREATE INDEX person_name_key_by_name ON person_name_key (person_id, name_id);

CREATE TABLE nationality (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    code TEXT NOT NULL CHECK (length(code) = 3),
    valid_from DATE,
    valid_to DATE,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX nationality_live ON nationality (person_id, id) WHERE superseded_at IS NULL;
