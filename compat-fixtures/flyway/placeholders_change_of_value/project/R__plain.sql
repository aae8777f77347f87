INSERT INTO log VALUES (3, 'plain');
