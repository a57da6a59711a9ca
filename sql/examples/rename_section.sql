-- Changes a section's name or address. Old addresses of the section and of its articles answer 301.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'service'          AS old_slug,
	'services-publics' AS new_slug,
	'Services publics' AS name
-- to here ---------------------------------------------------------------------------------------------------------------
;
UPDATE section SET slug = (SELECT new_slug FROM given), name = (SELECT name FROM given)
WHERE slug = (SELECT old_slug FROM given);
COMMIT;

SELECT slug, name, (SELECT count(*) FROM article WHERE section_id = section.id) AS articles
FROM section ORDER BY position, name;
