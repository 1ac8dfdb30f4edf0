DROP TABLE legal_event;
DROP TABLE rule_fact;
DROP TABLE evidence;
