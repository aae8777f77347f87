-- Runs again whenever it changes.
DROP VIEW IF EXISTS account_overview;
CREATE VIEW account_overview AS
SELECT a.id, a.nickname, a.region, count(o.character_id) AS characters
FROM accounts a
LEFT JOIN character_ownerships o ON o.account_id = a.id
GROUP BY a.id, a.nickname, a.region;
