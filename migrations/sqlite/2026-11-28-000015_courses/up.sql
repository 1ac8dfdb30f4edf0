-- Language courses: who may give them, what is given, who takes part.
CREATE TABLE accreditation (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    number TEXT NOT NULL CHECK (length(number) > 0),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    CHECK (valid_to >= valid_from)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX accreditation_live ON accreditation (organisation_id, number) WHERE superseded_at IS NULL;

CREATE TABLE course (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL CHECK (length(title) > 0),
    level_from TEXT NOT NULL CHECK (level_from IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    level_to TEXT NOT NULL CHECK (level_to IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    language_of_instruction TEXT NOT NULL CHECK (length(language_of_instruction) > 1),
    target_group TEXT,
    division_code TEXT,
    place TEXT,
    mode TEXT NOT NULL CHECK (mode IN ('classroom', 'online', 'mixed')),
    price_qepik INTEGER NOT NULL CHECK (price_qepik >= 0),
    childcare INTEGER NOT NULL CHECK (childcare IN (0, 1)),
    step_free INTEGER NOT NULL CHECK (step_free IN (0, 1)),
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    enrol_from TEXT NOT NULL,
    enrol_to TEXT NOT NULL,
    order_rule TEXT NOT NULL CHECK (order_rule IN ('first_come', 'waiting_list')),
    -- How long an offered seat is kept.
    offer_hours INTEGER NOT NULL CHECK (offer_hours > 0),
    -- The share of meetings a learner must attend, percent.
    required_share INTEGER NOT NULL CHECK (required_share BETWEEN 1 AND 100),
    teacher_id BLOB REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'running', 'finished', 'archived', 'cancelled')),
    -- The last place in the order of applications that was given out.
    last_position INTEGER NOT NULL CHECK (last_position >= 0),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES account (id),
    updated_at INTEGER NOT NULL,
    CHECK (enrol_to >= enrol_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE course_meeting (
    course_id BLOB NOT NULL REFERENCES course (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    PRIMARY KEY (course_id, id),
    CHECK (ends_at > starts_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX course_meeting_by_time ON course_meeting (course_id, starts_at, id);

CREATE TABLE enrolment (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    course_id BLOB NOT NULL REFERENCES course (id),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL CHECK (state IN ('offered', 'enrolled', 'waiting', 'declined', 'left', 'completed', 'expired')),
    reason TEXT,
    -- The place in the order of applications: strict, and never given out twice.
    position INTEGER NOT NULL CHECK (position > 0),
    seat INTEGER CHECK (seat > 0),
    offered_until INTEGER,
    enrolled_on TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    -- A seat is held by who is offered one, takes part, or took part.
    CHECK ((seat IS NOT NULL) = (state IN ('offered', 'enrolled', 'completed'))),
    CHECK ((offered_until IS NOT NULL) = (state = 'offered')),
    CHECK (state NOT IN ('enrolled', 'completed') OR enrolled_on IS NOT NULL),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX enrolment_live ON enrolment (person_id, id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX enrolment_position_live ON enrolment (course_id, position) WHERE superseded_at IS NULL;
-- The last seat is given out once, whoever is faster.
CREATE UNIQUE INDEX enrolment_seat_live ON enrolment (course_id, seat) WHERE superseded_at IS NULL AND seat IS NOT NULL;
CREATE UNIQUE INDEX enrolment_once_live ON enrolment (person_id, course_id)
    WHERE superseded_at IS NULL AND state IN ('offered', 'enrolled', 'waiting');

CREATE TRIGGER seat_taken_enrolment BEFORE INSERT ON enrolment
WHEN NEW.seat > (SELECT c.capacity FROM course AS c WHERE c.id = NEW.course_id)
BEGIN
    SELECT RAISE(ABORT, 'seat_taken');
END;
