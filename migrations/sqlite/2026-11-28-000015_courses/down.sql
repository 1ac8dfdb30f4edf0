DROP TABLE enrolment;
DROP TABLE course_meeting;
DROP TABLE course;
DROP TABLE accreditation;
