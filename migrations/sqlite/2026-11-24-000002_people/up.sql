CREATE TABLE person (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    file_number TEXT NOT NULL UNIQUE,
    office_id BLOB NOT NULL REFERENCES office (id),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX person_by_office ON person (office_id, file_number);

-- The particulars that are one value each. Every change of a name or nationality makes a version here too, so that one number is
-- the version of the whole record.
CREATE TABLE person_record (
    person_id BLOB NOT NULL REFERENCES person (id),
    version INTEGER NOT NULL CHECK (version > 0),
    birth_date TEXT,
    sex INTEGER NOT NULL CHECK (sex = 0 OR sex = 1 OR sex = 2 OR sex = 9),
    reason TEXT,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX person_record_live ON person_record (person_id) WHERE superseded_at IS NULL;

CREATE TABLE person_name (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (
        kind = 'current' OR kind = 'birth' OR kind = 'married' OR kind = 'former' OR kind = 'alias'
        OR kind = 'as_printed'),
    full_name_as_printed TEXT NOT NULL,
    given TEXT,
    surname TEXT,
    patronymic TEXT,
    patronymic_form TEXT CHECK (
        patronymic_form = 'oglu' OR patronymic_form = 'qizi' OR patronymic_form = 'russian'
        OR patronymic_form = 'other'),
    no_surname INTEGER NOT NULL CHECK (no_surname IN (0, 1)),
    script TEXT,
    language TEXT,
    valid_from TEXT,
    valid_to TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX person_name_live ON person_name (person_id, id) WHERE superseded_at IS NULL;

-- Keys under which live names are found: our own columns, because no engine folds the alphabets of the register.
CREATE TABLE person_name_key (
    kind TEXT NOT NULL CHECK (kind = 'exact' OR kind = 'fold' OR kind = 'stem' OR kind = 'skel'),
    name_key TEXT NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    name_id BLOB NOT NULL,
    PRIMARY KEY (kind, name_key, person_id, name_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX person_name_key_by_name ON person_name_key (person_id, name_id);

CREATE TABLE nationality (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    code TEXT NOT NULL CHECK (length(code) = 3),
    valid_from TEXT,
    valid_to TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX nationality_live ON nationality (person_id, id) WHERE superseded_at IS NULL;
