INSERT INTO log VALUES (2, '${name}');
