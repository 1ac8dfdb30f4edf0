DROP INDEX course_by_division;
DROP TABLE language_need;
