INSERT INTO log VALUES (1, '${name} ${flyway:filename}');
