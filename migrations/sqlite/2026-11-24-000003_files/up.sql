CREATE TABLE permit (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (
        kind = 'temporary_residence_permit' OR kind = 'permanent_residence_permit' OR kind = 'refugee_status'
        OR kind = 'court_established_residence' OR kind = 'visa_stay' OR kind = 'visa_free_stay'
        OR kind = 'stay_extension' OR kind = 'work_permit' OR kind = 'immigrant_status'),
    ground TEXT,
    sponsor_ground TEXT,
    document_number TEXT,
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

CREATE UNIQUE INDEX permit_live ON permit (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE address (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('stay', 'residence')),
    basis TEXT NOT NULL CHECK (
        basis = 'owner' OR basis = 'lease' OR basis = 'host' OR basis = 'order' OR basis = 'other'),
    division TEXT NOT NULL,
    as_printed TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    certain_from TEXT,
    certain_to TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX address_live ON address (person_id, id) WHERE superseded_at IS NULL;

CREATE TABLE crossing (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    direction TEXT NOT NULL CHECK (direction IN ('exit', 'entry')),
    crossed_on TEXT NOT NULL,
    place TEXT,
    source TEXT NOT NULL CHECK (source = 'border' OR source = 'document' OR source = 'declared'),
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

-- What the other tables do by a unique index of this name. Crossings are the bulk of all writes, and such an index is one page more in the
-- log for each; the primary key leads to the same rows.
CREATE TRIGGER crossing_live BEFORE INSERT ON crossing
WHEN NEW.superseded_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'crossing_live') WHERE EXISTS (
        SELECT 1 FROM crossing AS other
        WHERE other.person_id = NEW.person_id AND other.id = NEW.id AND other.superseded_at IS NULL
    );
END;

CREATE TRIGGER crossing_live_still BEFORE UPDATE ON crossing
WHEN NEW.superseded_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'crossing_live') WHERE EXISTS (
        SELECT 1 FROM crossing AS other
        WHERE other.person_id = NEW.person_id AND other.id = NEW.id AND other.superseded_at IS NULL
            AND (other.person_id, other.id, other.version) <> (OLD.person_id, OLD.id, OLD.version)
    );
END;

CREATE TABLE presence_gap (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (valid_to >= valid_from),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX presence_gap_live ON presence_gap (person_id, id) WHERE superseded_at IS NULL;

-- What PostgreSQL does by exclusion constraints of the same names.
CREATE TRIGGER overlapping_permit BEFORE INSERT ON permit
WHEN NEW.superseded_at IS NULL AND NEW.withdrawn = 0
BEGIN
    SELECT RAISE(ABORT, 'overlapping_permit') WHERE EXISTS (
        SELECT 1 FROM permit AS other
        WHERE other.person_id = NEW.person_id AND other.kind = NEW.kind AND other.id <> NEW.id
            AND other.superseded_at IS NULL AND other.withdrawn = 0
            AND other.valid_from <= coalesce(NEW.valid_to, '9999-12-31')
            AND coalesce(other.valid_to, '9999-12-31') >= NEW.valid_from
    );
END;

CREATE TRIGGER overlapping_address BEFORE INSERT ON address
WHEN NEW.superseded_at IS NULL AND NEW.withdrawn = 0
BEGIN
    SELECT RAISE(ABORT, 'overlapping_address') WHERE EXISTS (
        SELECT 1 FROM address AS other
        WHERE other.person_id = NEW.person_id AND other.kind = NEW.kind AND other.id <> NEW.id
            AND other.superseded_at IS NULL AND other.withdrawn = 0
            AND other.certain_from <= coalesce(NEW.certain_to, '9999-12-31')
            AND coalesce(other.certain_to, '9999-12-31') >= NEW.certain_from
    );
END;
