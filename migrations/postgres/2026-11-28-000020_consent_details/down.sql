DROP TABLE calendar_feed;
ALTER TABLE attendance DROP COLUMN announced;
ALTER TABLE language_need DROP COLUMN availability;
ALTER TABLE consent DROP COLUMN guardian_id;
ALTER TABLE consent DROP COLUMN shares_needs;
ALTER TABLE consent DROP COLUMN languages;
ALTER TABLE consent DROP COLUMN contact;
ALTER TABLE consent DROP COLUMN name_as_wanted;
