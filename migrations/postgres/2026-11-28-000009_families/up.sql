-- What one person is to another. A tie is recorded once, in the file of the person it concerns; the other's file finds it by its index.
CREATE TABLE relationship (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'great_grandparent',
        'great_grandchild', 'uncle_or_aunt', 'nephew_or_niece', 'parent_in_law', 'child_in_law', 'spouses_sibling', 'siblings_spouse',
        'guardian', 'representative')),
    other_person_id BYTEA NOT NULL REFERENCES person (id),
    scope TEXT,
    evidence TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    end_ground TEXT CHECK (end_ground IN ('divorce', 'death', 'annulment', 'court', 'majority', 'revoked', 'other')),
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (person_id <> other_person_id),
    CHECK (scope IS NULL OR kind IN ('guardian', 'representative')),
    CHECK (valid_to >= valid_from),
    CHECK (end_ground IS NULL OR valid_to IS NOT NULL),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX relationship_live ON relationship (person_id, id) WHERE superseded_at IS NULL;
CREATE INDEX relationship_by_other ON relationship (other_person_id, person_id);

-- One spouse at a time within one file. SQLite does the same by a trigger of the same name.
ALTER TABLE relationship ADD CONSTRAINT contradicting_tie EXCLUDE USING gist
    (person_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (kind = 'spouse' AND superseded_at IS NULL AND NOT withdrawn);

-- Colleagues who have a file themselves, or may come to have one: what keeps them away from it and from their kin's.
CREATE TABLE staff_person (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES account (id),
    person_id BYTEA NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id)
);

CREATE INDEX staff_person_by_person ON staff_person (person_id);
