INSERT INTO log VALUES (3, '${name}');
