-- Without its subjects an event is in the log, but nobody learns whose file was looked at. Bodies are removed where that is right, never changed.
CREATE TRIGGER audit_subject_is_not_changed BEFORE UPDATE OR DELETE ON audit_subject
FOR EACH ROW EXECUTE FUNCTION audit_event_stays();
CREATE TRIGGER audit_subject_is_not_truncated BEFORE TRUNCATE ON audit_subject
FOR EACH STATEMENT EXECUTE FUNCTION audit_event_stays();
CREATE TRIGGER audit_body_is_not_changed BEFORE UPDATE ON audit_body
FOR EACH ROW EXECUTE FUNCTION audit_event_stays();
