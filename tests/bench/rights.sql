-- The bench's institutions: 10,000 with a contract and a seat each, 100,000 networks, half of them IPv6. Reader abonne@N has the
-- seat of institution N.
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
BEGIN IMMEDIATE;
DROP TRIGGER institution_network_checked; -- a millisecond each, for rows that are right
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @INSTITUTIONS@)
INSERT INTO institution (id, slug, name) SELECT i, 'mairie-' || i, 'Mairie ' || i FROM n;
INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at)
SELECT id, 1, 10, 1700000000, 4000000000 FROM institution;
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @NETWORKS@)
INSERT INTO institution_network (institution_id, network)
SELECT 1 + i % @INSTITUTIONS@, CASE i % 2 WHEN 0 THEN printf('%d.%d.%d.0/24', 20 + (i >> 16), (i >> 8) & 255, i & 255)
	ELSE printf('2a01:%x:%x::/48', 1 + (i >> 15), 1 + (i & 32767)) END
FROM n;
INSERT INTO subscriber (email) SELECT 'place' || id || '@example.org' FROM institution;
INSERT INTO seat (institution_id, subscriber_id)
SELECT id, (SELECT r.id FROM subscriber r WHERE r.email = 'place' || institution.id || '@example.org') FROM institution;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
