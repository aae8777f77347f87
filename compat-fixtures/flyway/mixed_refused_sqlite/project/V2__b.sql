PRAGMA foreign_keys = ON;
INSERT INTO a VALUES (1);
