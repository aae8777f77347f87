INSERT INTO log VALUES (2, '${flyway:user}');
