INSERT INTO log VALUES (9, 'first');
-- ${