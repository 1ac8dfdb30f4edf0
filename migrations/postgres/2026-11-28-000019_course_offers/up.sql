-- The language a course teaches; all of them taught the state language before.
ALTER TABLE course ADD COLUMN taught_language TEXT NOT NULL DEFAULT 'az' CHECK (length(taught_language) > 1);
-- Who made the present version. Of versions after the first nobody knows it any more.
ALTER TABLE course ADD COLUMN updated_by BYTEA REFERENCES account (id);
UPDATE course SET updated_by = created_by WHERE version = 1;

-- The catalogue is filtered by level and division, and walked by id.
CREATE INDEX course_by_level ON course (level_from, id);
CREATE INDEX course_by_division_level ON course (division_code, level_from, id);

-- Every version of a course. The live one stands in `course`, too, where it is found, locked and referred to.
CREATE TABLE course_version (
    course_id BYTEA NOT NULL REFERENCES course (id),
    version INTEGER NOT NULL CHECK (version > 0),
    title TEXT NOT NULL CHECK (length(title) > 0),
    level_from TEXT NOT NULL CHECK (level_from IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    level_to TEXT NOT NULL CHECK (level_to IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    taught_language TEXT NOT NULL CHECK (length(taught_language) > 1),
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
    offer_hours INTEGER NOT NULL CHECK (offer_hours > 0),
    required_share INTEGER NOT NULL CHECK (required_share BETWEEN 1 AND 100),
    teacher_id BYTEA REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'running', 'finished', 'archived', 'cancelled')),
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (course_id, version),
    CHECK (enrol_to >= enrol_from),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX course_version_live ON course_version (course_id) WHERE superseded_at IS NULL;

INSERT INTO course_version (course_id, version, title, level_from, level_to, taught_language, language_of_instruction, target_group,
    division_code, place, mode, price_qepik, childcare, step_free, capacity, enrol_from, enrol_to, order_rule, offer_hours,
    required_share, teacher_id, state, recorded_at, recorded_by)
SELECT id, version, title, level_from, level_to, taught_language, language_of_instruction, target_group,
    division_code, place, mode, price_qepik, childcare, step_free, capacity, enrol_from, enrol_to, order_rule, offer_hours,
    required_share, teacher_id, state, updated_at, updated_by
FROM course;

-- A meeting has a second version if it was cancelled, and nothing else of it ever changes.
ALTER TABLE course_meeting ADD COLUMN cancelled_at BIGINT CHECK (cancelled_at IS NULL OR cancelled);
ALTER TABLE course_meeting ADD COLUMN cancelled_by BYTEA REFERENCES account (id);

-- Hours of courses that an office granted somebody. They are added and taken back, never changed.
CREATE TABLE course_hours (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    hours INTEGER NOT NULL CHECK (hours > 0),
    reason TEXT NOT NULL CHECK (reason IN ('first', 'repeat')),
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    ended_at BIGINT,
    ended_by BYTEA REFERENCES account (id),
    PRIMARY KEY (person_id, id)
);

-- The groups of people who need the same, in the order in which they are listed.
CREATE INDEX language_need_live_by_group ON language_need (division_code, level, language_of_instruction, hours_per_week, childcare)
    WHERE superseded_at IS NULL;
