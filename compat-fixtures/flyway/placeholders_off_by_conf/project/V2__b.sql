INSERT INTO log VALUES (2, '${nobody}');
