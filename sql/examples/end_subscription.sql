-- Stops a reader's subscription early: at once, or at a time to come. The period stays as history.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'nouvelle.lectrice@example.org' AS email,
	'integral'                      AS plan,    -- slug of the plan; NULL: all of the reader's plans
	unixepoch('now')                AS ended_at,
	'remboursée à sa demande'       AS reason
-- to here ---------------------------------------------------------------------------------------------------------------
;
UPDATE subscription SET ended_at = (SELECT ended_at FROM given), ended_reason = (SELECT reason FROM given)
WHERE subscriber_id = (SELECT subscriber.id FROM subscriber JOIN given ON given.email = subscriber.email)
	AND ended_at IS NULL AND ends_at + grace_s > (SELECT ended_at FROM given)
	AND plan_id IN (SELECT plan.id FROM plan JOIN given ON given.plan IS NULL OR given.plan = plan.slug);
COMMIT;

SELECT email, plan, kind, state, starts_utc, ends_utc FROM subscriber_state WHERE email = (SELECT email FROM given);
