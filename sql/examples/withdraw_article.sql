-- Withdraws an article: its address answers 410, it leaves every list. With NULL it comes back as it was.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'la-fontaine-du-marche' AS slug,
	unixepoch('now')        AS withdrawn_at  -- NULL: bring it back
-- to here ---------------------------------------------------------------------------------------------------------------
;
UPDATE article SET withdrawn_at = (SELECT withdrawn_at FROM given) WHERE slug = (SELECT slug FROM given);
COMMIT;

SELECT slug, state FROM article_state WHERE slug = (SELECT slug FROM given);

-- To remove it for good, with its text and its old addresses: DELETE FROM article WHERE slug = '…';
