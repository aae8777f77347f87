DO $$
DECLARE
    has_table_character_ownerships boolean := EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = 'character_ownerships' AND n.nspname = 'character');
    has_column_character_code boolean := EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = 'character_ownerships' AND n.nspname = 'character' AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = 'character_code');
    has_unique_uq_ownership_user_character boolean := EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = 'character_ownerships' AND n.nspname = 'character' AND k.contype = 'u' AND k.conname = 'uq_ownership_user_character');
    has_unique_uq_ownership_user_code boolean := EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = 'character_ownerships' AND n.nspname = 'character' AND k.contype = 'u' AND k.conname = 'uq_ownership_user_code');
    has_index_ix_ownership_code boolean := EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_index x ON x.indrelid = c.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = 'character_ownerships' AND n.nspname = 'character' AND NOT x.indisprimary AND i.relname = 'ix_ownership_code');
BEGIN
    IF NOT has_table_character_ownerships THEN
        RAISE EXCEPTION USING MESSAGE = 'table character.character_ownerships does not exist';
    END IF;
    IF NOT has_column_character_code THEN
        ALTER TABLE character.character_ownerships ADD COLUMN character_code VARCHAR(64);
        UPDATE character.character_ownerships AS o
            SET character_code = c.code
            FROM character.characters AS c
            WHERE o.character_id = c.id;
        ALTER TABLE character.character_ownerships ALTER COLUMN character_code SET NOT NULL;
    END IF;
    IF has_unique_uq_ownership_user_character THEN
        ALTER TABLE character.character_ownerships DROP CONSTRAINT uq_ownership_user_character;
    END IF;
    IF NOT has_unique_uq_ownership_user_code THEN
        ALTER TABLE character.character_ownerships ADD CONSTRAINT uq_ownership_user_code UNIQUE (user_id, character_code);
    END IF;
    IF NOT has_index_ix_ownership_code THEN
        CREATE INDEX ix_ownership_code ON character.character_ownerships (character_code);
    END IF;
END
$$;

ALTER TABLE character.characters ALTER COLUMN name TYPE TEXT;

ALTER TABLE character.characters ALTER COLUMN description TYPE TEXT;

ALTER TABLE character.characters ALTER COLUMN type_label TYPE TEXT;

ALTER TABLE character.characters ALTER COLUMN dialog TYPE TEXT;
