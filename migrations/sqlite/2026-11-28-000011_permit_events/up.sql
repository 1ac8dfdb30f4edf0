-- A permit's end before its time. `valid_to` is then the day before `ended_on`, so that whoever asks for the days of a permit needs nothing new;
-- `granted_to` keeps the last day as granted. An end on or before the first day withdraws the permit: it was never valid.
ALTER TABLE permit ADD COLUMN granted_to TEXT CHECK (granted_to >= valid_from);
ALTER TABLE permit ADD COLUMN ended_on TEXT CHECK (ended_on IS NULL OR withdrawn OR valid_to = date(ended_on, '-1 day'));
ALTER TABLE permit ADD COLUMN end_kind TEXT CHECK (end_kind IN ('revoked', 'cancelled', 'returned', 'lapsed'));
ALTER TABLE permit ADD COLUMN end_ground TEXT CHECK (end_ground IS NULL OR end_kind IS NOT NULL);
ALTER TABLE permit ADD COLUMN end_note TEXT CHECK (end_note IS NULL OR end_kind IS NOT NULL);
-- When the end was recorded: later versions of the row have other reasons.
ALTER TABLE permit ADD COLUMN end_recorded_at INTEGER
    CHECK ((end_recorded_at IS NULL) = (ended_on IS NULL) AND (end_kind IS NULL) = (ended_on IS NULL)
        AND (granted_to IS NULL OR ended_on IS NOT NULL));

-- What happens to the card of a permit. None of it changes the permit's days.
CREATE TABLE permit_event (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    permit_id BLOB NOT NULL CHECK (length(permit_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('lost', 'stolen', 'damaged', 'replaced', 'returned')),
    effective_on TEXT NOT NULL,
    document_number TEXT,
    -- The event of the law that it is, where terms run from it.
    legal_event_id BLOB,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK ((kind = 'replaced') = (document_number IS NOT NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX permit_event_live ON permit_event (person_id, id) WHERE superseded_at IS NULL;
CREATE INDEX permit_event_by_permit ON permit_event (person_id, permit_id, effective_on, id);

-- How sure a crossing is.
ALTER TABLE crossing ADD COLUMN confidence TEXT NOT NULL DEFAULT 'certain'
    CHECK (confidence = 'certain' OR confidence = 'probable' OR confidence = 'doubtful');
UPDATE crossing SET confidence = 'probable' WHERE source = 'declared';
