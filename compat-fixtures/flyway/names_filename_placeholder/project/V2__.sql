INSERT INTO names VALUES ('${flyway:filename}');
