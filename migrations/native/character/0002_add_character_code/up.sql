-- Written by hand: the original asks the database what is there already, and so does this.
DO $$
DECLARE
    ownerships CONSTANT regclass := 'character.character_ownerships';
BEGIN
    -- 1. 코드 열을 추가하고 채운다
    IF NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = ownerships AND attname = 'character_code' AND NOT attisdropped
    ) THEN
        ALTER TABLE character.character_ownerships ADD COLUMN character_code VARCHAR(64);
        UPDATE character.character_ownerships AS o
        SET character_code = c.code
        FROM character.characters AS c
        WHERE o.character_id = c.id;
        ALTER TABLE character.character_ownerships ALTER COLUMN character_code SET NOT NULL;
    END IF;

    -- 2. 고유 제약을 코드로 바꾼다
    ALTER TABLE character.character_ownerships DROP CONSTRAINT IF EXISTS uq_ownership_user_character;
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = ownerships AND contype = 'u' AND conname = 'uq_ownership_user_code'
    ) THEN
        ALTER TABLE character.character_ownerships
            ADD CONSTRAINT uq_ownership_user_code UNIQUE (user_id, character_code);
    END IF;
END
$$;

-- 3. 색인
CREATE INDEX IF NOT EXISTS ix_ownership_code ON character.character_ownerships (character_code);

-- 4. 길이 제한을 없앤다
ALTER TABLE character.characters ALTER COLUMN name TYPE TEXT;
ALTER TABLE character.characters ALTER COLUMN description TYPE TEXT;
ALTER TABLE character.characters ALTER COLUMN type_label TYPE TEXT;
ALTER TABLE character.characters ALTER COLUMN dialog TYPE TEXT;
