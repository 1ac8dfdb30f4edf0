DROP TABLE receipt;
DROP TABLE document_content;
DROP TABLE document;
DROP FUNCTION handed_in_stays;
