-- 한국어 주석
CREATE TABLE a (name TEXT);
INSERT INTO a VALUES ('한글');
