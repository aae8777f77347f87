CREATE TABLE a ("end" INT, begin INT);
