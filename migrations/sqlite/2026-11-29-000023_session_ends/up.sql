-- Sessions are removed 30 days after they expired.
CREATE INDEX session_by_end ON session (expires_at);
