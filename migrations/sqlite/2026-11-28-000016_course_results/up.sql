-- Who was there: a correction keeps what was said before. The id is the meeting's.
CREATE TABLE attendance (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    course_id BLOB NOT NULL REFERENCES course (id),
    status TEXT NOT NULL CHECK (status IN ('present', 'late', 'excused', 'absent')),
    reason TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    -- Whoever corrects says why.
    CHECK (version = 1 OR reason IS NOT NULL),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX attendance_live ON attendance (person_id, id) WHERE superseded_at IS NULL;

-- Results of placement tests. They are added, never changed.
CREATE TABLE placement (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    listening TEXT NOT NULL CHECK (listening IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    reading TEXT NOT NULL CHECK (reading IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    writing TEXT NOT NULL CHECK (writing IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    speaking TEXT NOT NULL CHECK (speaking IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    placed_level TEXT NOT NULL CHECK (placed_level IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    deviation_reason TEXT,
    tested_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    -- Who tested.
    recorded_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    course_id BLOB NOT NULL REFERENCES course (id),
    enrolment_id BLOB NOT NULL CHECK (length(enrolment_id) = 16),
    number TEXT NOT NULL CHECK (length(number) = 10),
    level TEXT NOT NULL CHECK (level IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    listening TEXT NOT NULL CHECK (listening IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    reading TEXT NOT NULL CHECK (reading IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    writing TEXT NOT NULL CHECK (writing IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    speaking TEXT NOT NULL CHECK (speaking IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    issued_on TEXT NOT NULL,
    issued_by BLOB NOT NULL REFERENCES account (id),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    -- issued: of an organisation that is not accredited, no proof. pending: a proof as soon as an official accepts it.
    state TEXT NOT NULL CHECK (state IN ('issued', 'pending', 'accepted', 'revoked')),
    reason TEXT,
    evidence_id BLOB CHECK (length(evidence_id) = 16),
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (state <> 'accepted' OR evidence_id IS NOT NULL),
    CHECK (state <> 'revoked' OR reason IS NOT NULL),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX certificate_live ON certificate (person_id, id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX certificate_number_live ON certificate (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX certificate_once_live ON certificate (enrolment_id) WHERE superseded_at IS NULL AND state <> 'revoked';

-- Whoever taught does not say what was learnt.
CREATE TRIGGER four_eyes_certificate BEFORE INSERT ON certificate
WHEN NEW.version = 1 AND NEW.issued_by = (SELECT c.teacher_id FROM course AS c WHERE c.id = NEW.course_id)
BEGIN
    SELECT RAISE(ABORT, 'four_eyes');
END;
