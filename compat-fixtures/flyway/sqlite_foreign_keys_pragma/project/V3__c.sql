PRAGMA foreign_keys = ON;
PRAGMA foreign_keys;
