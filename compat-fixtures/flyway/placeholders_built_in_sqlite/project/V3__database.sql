INSERT INTO log VALUES (3, '${flyway:database}');
