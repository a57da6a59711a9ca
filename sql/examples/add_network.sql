-- Lets whoever sits in a network of an institution read without signing in, while it has a contract. To stop it again:
-- UPDATE institution_network SET ended_at = unixepoch() WHERE network = '…' AND ended_at IS NULL;
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'mairie-de-beaulieu'                AS slug,      -- of the institution; SELECT slug, name FROM institution shows them
	'192.0.2.0/24'                      AS network,   -- or 2001:db8:12::/48; as wide as /16 and /32 at most
	'hôtel de ville'                    AS label
-- to here ---------------------------------------------------------------------------------------------------------------
;
INSERT INTO institution_network (institution_id, network, label)
SELECT (SELECT id FROM institution WHERE institution.slug = given.slug), network, label FROM given;
COMMIT;

SELECT i.name, n.network, n.label FROM institution_network AS n JOIN institution AS i ON i.id = n.institution_id
WHERE n.ended_at IS NULL AND i.slug = (SELECT slug FROM given);
