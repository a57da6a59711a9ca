-- Signs a reader out on every device, within a second; with block = 1 also keeps the account from signing in again.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'nouvelle.lectrice@example.org' AS email,
	0                               AS block  -- 1: block the account; 0: leave it open, or open it again
-- to here ---------------------------------------------------------------------------------------------------------------
;
UPDATE subscriber SET generation = generation + 1,
	blocked_at = CASE (SELECT block FROM given) WHEN 1 THEN unixepoch('now') END
WHERE email = (SELECT email FROM given);
COMMIT;

SELECT email, generation, CASE WHEN blocked_at IS NULL THEN 'open' ELSE 'blocked' END AS account
FROM subscriber WHERE email = (SELECT email FROM given);
