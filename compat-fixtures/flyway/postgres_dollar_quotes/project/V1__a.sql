CREATE TABLE log (id INT, text TEXT);
DO $$ BEGIN INSERT INTO log VALUES (1, 'a;b'); END $$;
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  EXECUTE $$INSERT INTO log VALUES (2, 'x;y')$$;
  -- $body; not the end
END
$body$;
SELECT f();
INSERT INTO log VALUES (3, $한글$ ; $한글$);
CREATE TABLE a$b$c (id INT);
INSERT INTO log VALUES (4, 'end');
