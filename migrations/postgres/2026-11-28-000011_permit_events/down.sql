ALTER TABLE crossing DROP COLUMN confidence;
DROP TABLE permit_event;
ALTER TABLE permit DROP COLUMN end_recorded_at;
ALTER TABLE permit DROP COLUMN end_note;
ALTER TABLE permit DROP COLUMN end_ground;
ALTER TABLE permit DROP COLUMN end_kind;
ALTER TABLE permit DROP COLUMN ended_on;
ALTER TABLE permit DROP COLUMN granted_to;
