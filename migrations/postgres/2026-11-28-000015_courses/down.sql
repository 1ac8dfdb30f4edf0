DROP TABLE enrolment;
DROP TABLE course_meeting;
DROP TABLE course;
DROP TABLE accreditation;
DROP FUNCTION within_capacity();
