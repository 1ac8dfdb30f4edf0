-- What one person is to another. A tie is recorded once, in the file of the person it concerns; the other's file finds it by its index.
CREATE TABLE relationship (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'great_grandparent',
        'great_grandchild', 'uncle_or_aunt', 'nephew_or_niece', 'parent_in_law', 'child_in_law', 'spouses_sibling', 'siblings_spouse',
        'guardian', 'representative')),
    other_person_id BLOB NOT NULL REFERENCES person (id),
    scope TEXT,
    evidence TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    end_ground TEXT CHECK (end_ground IN ('divorce', 'death', 'annulment', 'court', 'majority', 'revoked', 'other')),
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (person_id <> other_person_id),
    CHECK (scope IS NULL OR kind IN ('guardian', 'representative')),
    CHECK (valid_to >= valid_from),
    CHECK (end_ground IS NULL OR valid_to IS NOT NULL),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX relationship_live ON relationship (person_id, id) WHERE superseded_at IS NULL;
CREATE INDEX relationship_by_other ON relationship (other_person_id, person_id);

-- One spouse at a time within one file: what PostgreSQL does by an exclusion constraint of the same name.
CREATE TRIGGER contradicting_tie BEFORE INSERT ON relationship
WHEN NEW.kind = 'spouse' AND NEW.superseded_at IS NULL AND NEW.withdrawn = 0
BEGIN
    SELECT RAISE(ABORT, 'contradicting_tie') WHERE EXISTS (
        SELECT 1 FROM relationship AS other
        WHERE other.person_id = NEW.person_id AND other.kind = 'spouse' AND other.id <> NEW.id
            AND other.superseded_at IS NULL AND other.withdrawn = 0
            AND other.valid_from <= coalesce(NEW.valid_to, '9999-12-31')
            AND coalesce(other.valid_to, '9999-12-31') >= NEW.valid_from
    );
END;

-- Colleagues who have a file themselves, or may come to have one: what keeps them away from it and from their kin's.
CREATE TABLE staff_person (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES account (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_person_by_person ON staff_person (person_id);
