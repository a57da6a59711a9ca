-- What no SIRET and no network may be. A network is stored in one spelling only: RFC 4632 for IPv4, RFC 5952 for IPv6.

-- Luhn's sum over 14 digits, or for a post office (SIREN 356000000) the plain sum divisible by five.
CREATE TRIGGER institution_siret_checked BEFORE INSERT ON institution WHEN NEW.siret IS NOT NULL
BEGIN
	SELECT RAISE(ABORT, 'institution.siret: its check digit is wrong; look it up at annuaire-entreprises.data.gouv.fr')
	FROM (SELECT sum(d) AS plain, sum(CASE WHEN i % 2 = 0 THEN d WHEN d > 4 THEN 2 * d - 9 ELSE 2 * d END) AS luhn
		FROM (SELECT p.column1 AS i, CAST(substr(NEW.siret, p.column1, 1) AS INTEGER) AS d
			FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14)) AS p))
	WHERE plain = 0 OR (luhn % 10 <> 0 AND (NEW.siret NOT GLOB '356000000*' OR plain % 5 <> 0));
END;

CREATE TRIGGER institution_siret_stays BEFORE UPDATE OF siret ON institution
	WHEN NEW.siret IS NOT OLD.siret AND NEW.siret IS NOT NULL
BEGIN
	SELECT RAISE(ABORT, 'institution.siret: its check digit is wrong; look it up at annuaire-entreprises.data.gouv.fr')
	FROM (SELECT sum(d) AS plain, sum(CASE WHEN i % 2 = 0 THEN d WHEN d > 4 THEN 2 * d - 9 ELSE 2 * d END) AS luhn
		FROM (SELECT p.column1 AS i, CAST(substr(NEW.siret, p.column1, 1) AS INTEGER) AS d
			FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14)) AS p))
	WHERE plain = 0 OR (luhn % 10 <> 0 AND (NEW.siret NOT GLOB '356000000*' OR plain % 5 <> 0));
END;

-- Networks --------------------------------------------------------------------------------------------------------------

CREATE TRIGGER institution_network_stays BEFORE UPDATE ON institution_network
	WHEN OLD.ended_at IS NOT NULL OR (OLD.id, OLD.institution_id, OLD.network, OLD.batch_id, OLD.created_at)
		IS NOT (NEW.id, NEW.institution_id, NEW.network, NEW.batch_id, NEW.created_at)
BEGIN
	SELECT RAISE(ABORT, 'institution_network: only label and, once, ended_at can be set; for another network INSERT another row');
END;

CREATE TRIGGER institution_network_checked BEFORE INSERT ON institution_network
BEGIN
	SELECT RAISE(ABORT, 'institution_network.institution_id: there is no such institution')
	WHERE NEW.institution_id IS NULL OR NOT EXISTS (SELECT 1 FROM institution WHERE id = NEW.institution_id);
	SELECT RAISE(ABORT, 'institution_network.network: an address in small letters, / and a length, as 192.0.2.0/24 or 2001:db8::/48')
	WHERE NEW.network IS NULL OR length(NEW.network) > 50 OR NEW.network GLOB '*[^0-9a-f.:/]*' OR NEW.network NOT GLOB '?*/?*'
		OR NEW.network GLOB '*/*/*' OR NEW.network GLOB '*/*[^0-9]*' OR NEW.network GLOB '*/????*' OR NEW.network GLOB '*/0?*';
	SELECT RAISE(ABORT, 'institution_network.network: an IPv4 address inside an IPv6 one; write it as IPv4, as 192.0.2.0/24')
	WHERE NEW.network GLOB '*:*.*' OR NEW.network GLOB '*.*:*';
	SELECT RAISE(ABORT, 'institution_network.network: another row covers this network already; set its ended_at first')
	WHERE EXISTS (SELECT 1 FROM institution_network WHERE network = NEW.network AND ended_at IS NULL);
	SELECT RAISE(ABORT, 'institution_network: rows are added, never replaced; leave id out')
	WHERE EXISTS (SELECT 1 FROM institution_network WHERE id = NEW.id);

	-- IPv4: the four numbers as one.
	SELECT CASE
		WHEN parts <> 4 OR bad > 0
			THEN RAISE(ABORT, 'institution_network.network: four numbers of 0 to 255 without leading zeros, as 192.0.2.0/24')
		WHEN bits > 32 THEN RAISE(ABORT, 'institution_network.network: the length of an IPv4 network is at most /32')
		WHEN bits < (SELECT ipv4 FROM institution_limit)
			THEN RAISE(ABORT, 'institution_network.network: too wide; the widest IPv4 network that is allowed stands in institution_limit')
		WHEN number & ((1 << (32 - bits)) - 1) <> 0
			THEN RAISE(ABORT, 'institution_network.network: bits behind the length are set; end it with zeros, as 192.0.2.0/24')
		END
	FROM (SELECT count(*) AS parts, sum(length(value) NOT BETWEEN 1 AND 3 OR value GLOB '0?*' OR CAST(value AS INTEGER) > 255) AS bad,
			sum(CAST(value AS INTEGER) << (24 - 8 * key)) AS number,
			CAST(substr(NEW.network, instr(NEW.network, '/') + 1) AS INTEGER) AS bits
		FROM json_each('["' || replace(substr(NEW.network, 1, instr(NEW.network, '/') - 1), '.', '","') || '"]'))
	WHERE NEW.network NOT GLOB '*:*';

	-- IPv6: the groups before and behind ::, then the same as 32 digits, then these in the one right spelling.
	SELECT CASE
		WHEN bad > 0 OR (gap > 0 AND zeros < 1) OR (gap = 0 AND zeros <> 0)
			THEN RAISE(ABORT, 'institution_network.network: eight groups of small hexadecimal digits without leading zeros, as 2001:db8::/48')
		END
	FROM (SELECT address, gap,
			8 - (SELECT count(*) FROM json_each(before_gap)) - (SELECT count(*) FROM json_each(after_gap)) AS zeros,
			(SELECT count(*) FROM json_each(before_gap) WHERE length(value) NOT BETWEEN 1 AND 4 OR value GLOB '0?*')
				+ (SELECT count(*) FROM json_each(after_gap) WHERE length(value) NOT BETWEEN 1 AND 4 OR value GLOB '0?*') AS bad
		FROM (SELECT address, gap,
				CASE WHEN gap = 1 THEN '[]' WHEN gap = 0 THEN '["' || replace(address, ':', '","') || '"]'
					ELSE '["' || replace(substr(address, 1, gap - 1), ':', '","') || '"]' END AS before_gap,
				CASE WHEN gap = 0 OR gap + 1 = length(address) THEN '[]'
					ELSE '["' || replace(substr(address, gap + 2), ':', '","') || '"]' END AS after_gap
			FROM (SELECT substr(NEW.network, 1, instr(NEW.network, '/') - 1) AS address, instr(NEW.network, '::') AS gap)))
	WHERE NEW.network GLOB '*:*';

	SELECT CASE
		WHEN digits GLOB '00000000000000000000ffff*'
			THEN RAISE(ABORT, 'institution_network.network: an IPv4 address inside an IPv6 one; write it as IPv4, as 192.0.2.0/24')
		WHEN digits GLOB '00000000000000000000*' AND NEW.network <> '::1/128'
			THEN RAISE(ABORT, 'institution_network.network: no reader has an address there')
		WHEN bits > 128 THEN RAISE(ABORT, 'institution_network.network: the length of an IPv6 network is at most /128')
		WHEN bits < (SELECT ipv6 FROM institution_limit)
			THEN RAISE(ABORT, 'institution_network.network: too wide; the widest IPv6 network that is allowed stands in institution_limit')
		WHEN rtrim(substr(digits, (bits + 3) / 4 + 1), '0') <> ''
			OR (bits % 4 <> 0 AND (instr('0123456789abcdef', substr(digits, bits / 4 + 1, 1)) - 1) & ((1 << (4 - bits % 4)) - 1) <> 0)
			THEN RAISE(ABORT, 'institution_network.network: bits behind the length are set; end it with zeros, as 2001:db8::/48')
		WHEN address <> CASE
				WHEN shortest GLOB '::*' AND shortest GLOB '*::' THEN shortest
				WHEN shortest GLOB '::*' THEN substr(shortest, 1, length(shortest) - 1)
				WHEN shortest GLOB '*::' THEN substr(shortest, 2)
				ELSE substr(shortest, 2, length(shortest) - 2) END
			THEN RAISE(ABORT, 'institution_network.network: write the address in its shortest form, :: for the longest row of zeros, as 2001:db8::/48')
		END
	FROM (SELECT address, bits, digits, CASE
			WHEN instr(spelt, ':0:0:0:0:0:0:0:0:') THEN '::'
			WHEN instr(spelt, ':0:0:0:0:0:0:0:') THEN substr(spelt, 1, instr(spelt, ':0:0:0:0:0:0:0:') - 1) || '::' || substr(spelt, instr(spelt, ':0:0:0:0:0:0:0:') + 15)
			WHEN instr(spelt, ':0:0:0:0:0:0:') THEN substr(spelt, 1, instr(spelt, ':0:0:0:0:0:0:') - 1) || '::' || substr(spelt, instr(spelt, ':0:0:0:0:0:0:') + 13)
			WHEN instr(spelt, ':0:0:0:0:0:') THEN substr(spelt, 1, instr(spelt, ':0:0:0:0:0:') - 1) || '::' || substr(spelt, instr(spelt, ':0:0:0:0:0:') + 11)
			WHEN instr(spelt, ':0:0:0:0:') THEN substr(spelt, 1, instr(spelt, ':0:0:0:0:') - 1) || '::' || substr(spelt, instr(spelt, ':0:0:0:0:') + 9)
			WHEN instr(spelt, ':0:0:0:') THEN substr(spelt, 1, instr(spelt, ':0:0:0:') - 1) || '::' || substr(spelt, instr(spelt, ':0:0:0:') + 7)
			WHEN instr(spelt, ':0:0:') THEN substr(spelt, 1, instr(spelt, ':0:0:') - 1) || '::' || substr(spelt, instr(spelt, ':0:0:') + 5)
			ELSE spelt END AS shortest
		FROM (SELECT address, bits, digits, ':' || (SELECT group_concat(coalesce(nullif(ltrim(substr(digits, g.column1, 4), '0'), ''), '0'), ':')
				FROM (VALUES (1), (5), (9), (13), (17), (21), (25), (29)) AS g) || ':' AS spelt
			FROM (SELECT address, bits, head || substr('00000000000000000000000000000000', 1, 32 - length(head) - length(tail)) || tail AS digits
				FROM (SELECT address, bits,
						coalesce((SELECT group_concat(substr('000' || value, -4), '') FROM json_each(before_gap)), '') AS head,
						coalesce((SELECT group_concat(substr('000' || value, -4), '') FROM json_each(after_gap)), '') AS tail
					FROM (SELECT address, bits,
							CASE WHEN gap = 1 THEN '[]' WHEN gap = 0 THEN '["' || replace(address, ':', '","') || '"]'
								ELSE '["' || replace(substr(address, 1, gap - 1), ':', '","') || '"]' END AS before_gap,
							CASE WHEN gap = 0 OR gap + 1 = length(address) THEN '[]'
								ELSE '["' || replace(substr(address, gap + 2), ':', '","') || '"]' END AS after_gap
						FROM (SELECT substr(NEW.network, 1, instr(NEW.network, '/') - 1) AS address, instr(NEW.network, '::') AS gap,
							CAST(substr(NEW.network, instr(NEW.network, '/') + 1) AS INTEGER) AS bits))))))
	WHERE NEW.network GLOB '*:*';
END;
