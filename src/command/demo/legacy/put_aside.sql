-- Keys and indexes are made once behind the rows, which is quicker than to keep them up with each.
CREATE TEMPORARY TABLE stillway_put_aside ON COMMIT DROP AS
SELECT c.contype::text AS kind,
       format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS take_away,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS put_back
FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname IN ('auth', 'user_profile') AND t.relname <> 'alembic_version' AND c.contype IN ('p', 'u', 'f')
UNION ALL
SELECT 'i', format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname IN ('auth', 'user_profile')
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid);

DO $$
DECLARE
    line TEXT;
BEGIN
    FOR line IN SELECT take_away FROM stillway_put_aside ORDER BY array_position(ARRAY['f', 'i', 'u', 'p'], kind) LOOP
        EXECUTE line;
    END LOOP;
END
$$;
