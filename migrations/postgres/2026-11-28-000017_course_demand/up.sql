-- What course somebody needs, as they said it. A new answer takes the place of the one before.
CREATE TABLE language_need (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    level TEXT NOT NULL CHECK (level IN ('Pre-A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
    language_of_instruction TEXT NOT NULL CHECK (length(language_of_instruction) > 1),
    division_code TEXT NOT NULL,
    hours_per_week INTEGER NOT NULL CHECK (hours_per_week > 0),
    childcare BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id)
);

CREATE UNIQUE INDEX language_need_live ON language_need (person_id) WHERE superseded_at IS NULL;
CREATE INDEX language_need_by_division ON language_need (division_code, level, language_of_instruction);
CREATE INDEX course_by_division ON course (division_code, level_from, language_of_instruction);
