-- Gives a reader a plan for a time. Makes the account when there is none. Earlier periods stay: this adds one.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'nouvelle.lectrice@example.org'     AS email,     -- in small letters
	'integral'                          AS plan,      -- slug of the plan
	'paid'                              AS kind,      -- paid, trial or complimentary
	unixepoch('now')                    AS starts_at,
	unixepoch('2027-12-01', 'utc')      AS ends_at,   -- the first day that is not covered any more
	14                                  AS grace_days, -- reading goes on for so long after the end
	'bon de commande 2026-118'          AS source     -- where it comes from, for whoever looks later
-- to here ---------------------------------------------------------------------------------------------------------------
;
INSERT INTO subscriber (email) SELECT email FROM given WHERE email NOT IN (SELECT email FROM subscriber);
INSERT INTO subscription (subscriber_id, plan_id, kind, starts_at, ends_at, grace_s, source)
SELECT (SELECT id FROM subscriber WHERE subscriber.email = given.email), (SELECT id FROM plan WHERE slug = given.plan),
	kind, starts_at, ends_at, grace_days * 86400, source
FROM given;
COMMIT;

SELECT email, plan, kind, state, starts_utc, ends_utc FROM subscriber_state WHERE email = (SELECT email FROM given);
