DROP INDEX session_by_end;
