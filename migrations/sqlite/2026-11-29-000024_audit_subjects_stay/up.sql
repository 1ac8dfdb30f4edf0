-- Without its subjects an event is in the log, but nobody learns whose file was looked at. Bodies are removed where that is right, never changed.
CREATE TRIGGER audit_subject_is_not_changed BEFORE UPDATE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit events are not changed'); END;
CREATE TRIGGER audit_subject_is_not_removed BEFORE DELETE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit events are not removed'); END;
CREATE TRIGGER audit_body_is_not_changed BEFORE UPDATE ON audit_body
BEGIN SELECT RAISE(ABORT, 'audit events are not changed'); END;
