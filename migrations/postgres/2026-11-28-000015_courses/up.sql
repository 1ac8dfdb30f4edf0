-- Language courses: who may give them, what is given, who takes part.
CREATE TABLE accreditation (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation_id BYTEA NOT NULL REFERENCES organisation (id),
    number TEXT NOT NULL CHECK (length(number) > 0),
    valid_from DATE NOT NULL,
    valid_to DATE,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    CHECK (valid_to >= valid_from)
);

CREATE UNIQUE INDEX accreditation_live ON accreditation (organisation_id, number) WHERE superseded_at IS NULL;

CREATE TABLE course (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    organisation_id BYTEA NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL CHECK (length(title) > 0),
    level_from TEXT NOT NULL CHECK (level_from IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    level_to TEXT NOT NULL CHECK (level_to IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    language_of_instruction TEXT NOT NULL CHECK (length(language_of_instruction) > 1),
    target_group TEXT,
    division_code TEXT,
    place TEXT,
    mode TEXT NOT NULL CHECK (mode IN ('classroom', 'online', 'mixed')),
    price_qepik INTEGER NOT NULL CHECK (price_qepik >= 0),
    childcare BOOLEAN NOT NULL,
    step_free BOOLEAN NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    enrol_from DATE NOT NULL,
    enrol_to DATE NOT NULL,
    order_rule TEXT NOT NULL CHECK (order_rule IN ('first_come', 'waiting_list')),
    -- How long an offered seat is kept.
    offer_hours INTEGER NOT NULL CHECK (offer_hours > 0),
    -- The share of meetings a learner must attend, percent.
    required_share INTEGER NOT NULL CHECK (required_share BETWEEN 1 AND 100),
    teacher_id BYTEA REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'running', 'finished', 'archived', 'cancelled')),
    -- The last place in the order of applications that was given out.
    last_position BIGINT NOT NULL CHECK (last_position >= 0),
    created_at BIGINT NOT NULL,
    created_by BYTEA REFERENCES account (id),
    updated_at BIGINT NOT NULL,
    CHECK (enrol_to >= enrol_from)
);

CREATE TABLE course_meeting (
    course_id BYTEA NOT NULL REFERENCES course (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    cancelled BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    PRIMARY KEY (course_id, id),
    CHECK (ends_at > starts_at)
);

CREATE INDEX course_meeting_by_time ON course_meeting (course_id, starts_at, id);

CREATE TABLE enrolment (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    course_id BYTEA NOT NULL REFERENCES course (id),
    organisation_id BYTEA NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL CHECK (state IN ('offered', 'enrolled', 'waiting', 'declined', 'left', 'completed', 'expired')),
    reason TEXT,
    -- The place in the order of applications: strict, and never given out twice.
    position BIGINT NOT NULL CHECK (position > 0),
    seat INTEGER CHECK (seat > 0),
    offered_until BIGINT,
    enrolled_on DATE,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    -- A seat is held by who is offered one, takes part, or took part.
    CHECK ((seat IS NOT NULL) = (state IN ('offered', 'enrolled', 'completed'))),
    CHECK ((offered_until IS NOT NULL) = (state = 'offered')),
    CHECK (state NOT IN ('enrolled', 'completed') OR enrolled_on IS NOT NULL),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX enrolment_live ON enrolment (person_id, id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX enrolment_position_live ON enrolment (course_id, position) WHERE superseded_at IS NULL;
-- The last seat is given out once, whoever is faster.
CREATE UNIQUE INDEX enrolment_seat_live ON enrolment (course_id, seat) WHERE superseded_at IS NULL AND seat IS NOT NULL;
CREATE UNIQUE INDEX enrolment_once_live ON enrolment (person_id, course_id)
    WHERE superseded_at IS NULL AND state IN ('offered', 'enrolled', 'waiting');

CREATE FUNCTION within_capacity() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seat > (SELECT c.capacity FROM course AS c WHERE c.id = NEW.course_id) THEN
        RAISE EXCEPTION 'seat_taken' USING CONSTRAINT = 'seat_taken', ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER seat_taken_enrolment BEFORE INSERT ON enrolment FOR EACH ROW EXECUTE FUNCTION within_capacity();
