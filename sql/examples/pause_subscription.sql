-- Lets a reader's own subscription rest for a time. What was paid is not lost: the worker adds the time of the pause once it is over.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'nouvelle.lectrice@example.org'     AS email,     -- in small letters
	unixepoch('now')                    AS starts_at,
	unixepoch('now', '+30 days')        AS ends_at,   -- reading goes on from then; NULL: when the reader resumes
	'à sa demande, par téléphone'       AS reason
-- to here ---------------------------------------------------------------------------------------------------------------
;
INSERT INTO subscription_pause (subscriber_id, starts_at, ends_at, reason)
SELECT (SELECT id FROM subscriber WHERE subscriber.email = given.email), starts_at, ends_at, reason FROM given;
COMMIT;

SELECT email, datetime(p.starts_at, 'unixepoch') AS starts_utc, coalesce(datetime(p.ends_at, 'unixepoch'), 'until resumed') AS ends_utc, p.reason
FROM subscription_pause p JOIN subscriber s ON s.id = p.subscriber_id WHERE s.email = (SELECT email FROM given) ORDER BY p.starts_at;
