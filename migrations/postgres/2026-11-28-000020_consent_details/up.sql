-- What a consent covers beside the name, and who gave it for whom.
ALTER TABLE consent ADD COLUMN name_as_wanted TEXT;
ALTER TABLE consent ADD COLUMN contact TEXT;
-- Tags of BCP 47, separated by spaces.
ALTER TABLE consent ADD COLUMN languages TEXT;
ALTER TABLE consent ADD COLUMN shares_needs BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE consent ADD COLUMN guardian_id BYTEA REFERENCES person (id);

-- When somebody has time for a course: times of the week, separated by spaces.
ALTER TABLE language_need ADD COLUMN availability TEXT NOT NULL DEFAULT '';

-- Said before the meeting, by the learner.
ALTER TABLE attendance ADD COLUMN announced BOOLEAN NOT NULL DEFAULT FALSE;

-- Addresses under which a calendar reads the meetings of a course or of a learner. Of the secret in the address only the hash is kept.
CREATE TABLE calendar_feed (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    secret_sha256 BYTEA NOT NULL CHECK (length(secret_sha256) = 32),
    course_id BYTEA REFERENCES course (id),
    person_id BYTEA REFERENCES person (id),
    -- Of a learner: whose courses alone it shows. None: the person made it, and it shows all of theirs.
    organisation_id BYTEA REFERENCES organisation (id),
    created_at BIGINT NOT NULL,
    created_by BYTEA REFERENCES account (id),
    -- The last day on which it was read: each such day is in the log once.
    read_on DATE,
    ended_at BIGINT,
    ended_by BYTEA REFERENCES account (id),
    CHECK ((course_id IS NULL) <> (person_id IS NULL)),
    CHECK (course_id IS NULL OR organisation_id IS NULL)
);

CREATE UNIQUE INDEX calendar_feed_by_secret ON calendar_feed (secret_sha256);
CREATE INDEX calendar_feed_by_course ON calendar_feed (course_id, id);
CREATE INDEX calendar_feed_by_person ON calendar_feed (person_id, id);
