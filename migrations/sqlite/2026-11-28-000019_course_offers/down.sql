DROP INDEX language_need_live_by_group;
DROP TABLE course_hours;
ALTER TABLE course_meeting DROP COLUMN cancelled_by;
ALTER TABLE course_meeting DROP COLUMN cancelled_at;
DROP TABLE course_version;
DROP INDEX course_by_division_level;
DROP INDEX course_by_level;
ALTER TABLE course DROP COLUMN updated_by;
ALTER TABLE course DROP COLUMN taught_language;
