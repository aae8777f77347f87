INSERT INTO log VALUES ('from locations');
