-- Gives an institution a plan for a time: seats by name, and its networks. Makes the institution when there is none. A purchase
-- order is enough: the contract opens when it starts, paid or not. Earlier contracts stay: this adds one.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'mairie-de-beaulieu'                AS slug,      -- small letters, digits and hyphens
	'Mairie de Beaulieu'                AS name,
	'21750001600019'                    AS siret,     -- 14 digits, or NULL
	'integral'                          AS plan,      -- slug of the plan
	12                                  AS seats,
	unixepoch('now')                    AS starts_at,
	unixepoch('2027-12-01', 'utc')      AS ends_at,   -- the first day that is not covered any more
	30                                  AS grace_days, -- reading goes on for so long after the end
	'BC 2026-118'                       AS purchase_order
-- to here ---------------------------------------------------------------------------------------------------------------
;
INSERT INTO institution (slug, name, siret) SELECT slug, name, siret FROM given
WHERE slug NOT IN (SELECT slug FROM institution);
INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at, grace_s, purchase_order)
SELECT (SELECT id FROM institution WHERE institution.slug = given.slug), (SELECT id FROM plan WHERE plan.slug = given.plan),
	seats, starts_at, ends_at, grace_days * 86400, purchase_order
FROM given;
COMMIT;

SELECT name, state, plan, seats, taken, starts_utc, ends_utc FROM institution_state WHERE slug = (SELECT slug FROM given);
