-- An id by which its holder names a passkey. The credential's own id is long, and shown with every sign-in.
ALTER TABLE passkey ADD COLUMN id BYTEA CHECK (length(id) = 16);
UPDATE passkey SET id = decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
ALTER TABLE passkey ALTER COLUMN id SET NOT NULL;

DROP INDEX passkey_by_account;
CREATE UNIQUE INDEX passkey_by_account ON passkey (account_id, id);
