ALTER TYPE mood ADD VALUE 'angry';
INSERT INTO a VALUES ('angry');
