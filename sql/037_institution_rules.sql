-- What no row about institutions may be besides, how many seats there are, and what lands in change_log.

-- Seats and how many are taken. Those of the contracts that are open count together; while none is open, the largest of those
-- to come or in grace. A seat that is kept for an invitation is taken.
CREATE VIEW institution_seats AS
SELECT i.id AS institution_id,
	coalesce((SELECT coalesce(sum(CASE WHEN c.starts_at <= unixepoch() AND c.ends_at > unixepoch() THEN c.seats END), max(c.seats))
		FROM institution_contract AS c
		WHERE c.institution_id = i.id AND c.ends_at + c.grace_s > unixepoch() AND (c.ended_at IS NULL OR c.ended_at > unixepoch())), 0) AS seats,
	(SELECT count(*) FROM seat AS s WHERE s.institution_id = i.id AND s.revoked_at IS NULL)
		+ (SELECT count(*) FROM seat_invitation AS v WHERE v.institution_id = i.id AND v.closed_at IS NULL) AS taken
FROM institution AS i;

-- For people: every institution and how it stands.
CREATE VIEW institution_state AS
SELECT i.id, i.slug, i.name, i.siret,
	CASE WHEN i.status = 'suspended' THEN 'suspended'
		WHEN c.id IS NULL THEN 'no contract'
		WHEN c.ended_at <= unixepoch() THEN 'ended: ' || c.ended_reason
		WHEN c.starts_at > unixepoch() THEN 'to come'
		WHEN c.ends_at > unixepoch() THEN CASE WHEN c.paid_at IS NULL THEN 'active, not paid' ELSE 'active' END
		WHEN c.ends_at + c.grace_s > unixepoch() THEN 'in grace'
		ELSE 'expired' END AS state,
	p.slug AS plan, c.purchase_order, date(c.starts_at, 'unixepoch') AS starts_utc, date(c.ends_at, 'unixepoch') AS ends_utc,
	n.seats, n.taken
FROM institution AS i
	JOIN institution_seats AS n ON n.institution_id = i.id
	LEFT JOIN institution_contract AS c ON c.institution_id = i.id
	LEFT JOIN plan AS p ON p.id = c.plan_id;

-- Institutions and contracts ----------------------------------------------------------------------------------------------

CREATE TRIGGER institution_id_stays BEFORE UPDATE OF id ON institution WHEN NEW.id IS NOT OLD.id
BEGIN
	SELECT RAISE(ABORT, 'institution: id never changes');
END;

CREATE TRIGGER institution_kept BEFORE DELETE ON institution
BEGIN
	SELECT RAISE(ABORT, 'institution: it stays for its history; end its contracts, or set status to suspended');
END;

CREATE TRIGGER institution_added AFTER INSERT ON institution
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.id, 'access');
END;

CREATE TRIGGER institution_changed AFTER UPDATE ON institution
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.id, 'access');
END;

CREATE TRIGGER institution_contract_checked BEFORE INSERT ON institution_contract
BEGIN
	SELECT RAISE(ABORT, 'institution_contract.institution_id: there is no such institution')
	WHERE NEW.institution_id IS NULL OR NOT EXISTS (SELECT 1 FROM institution WHERE id = NEW.institution_id);
	SELECT RAISE(ABORT, 'institution_contract.plan_id: there is no such plan; SELECT slug FROM plan shows them')
	WHERE NEW.plan_id IS NULL OR NOT EXISTS (SELECT 1 FROM plan WHERE id = NEW.plan_id);
	SELECT RAISE(ABORT, 'institution_contract: contracts are added, never replaced; leave id out')
	WHERE EXISTS (SELECT 1 FROM institution_contract WHERE id = NEW.id);
END;

CREATE TRIGGER institution_contract_stays BEFORE UPDATE ON institution_contract
	WHEN (OLD.ended_at IS NOT NULL AND (OLD.ended_at, OLD.ended_reason) IS NOT (NEW.ended_at, NEW.ended_reason))
		OR (OLD.paid_at IS NOT NULL AND OLD.paid_at IS NOT NEW.paid_at)
		OR (OLD.id, OLD.institution_id, OLD.plan_id, OLD.seats, OLD.networks, OLD.starts_at, OLD.ends_at, OLD.grace_s, OLD.purchase_order, OLD.created_at)
			IS NOT (NEW.id, NEW.institution_id, NEW.plan_id, NEW.seats, NEW.networks, NEW.starts_at, NEW.ends_at, NEW.grace_s, NEW.purchase_order, NEW.created_at)
BEGIN
	SELECT RAISE(ABORT, 'institution_contract: a contract is history; only paid_at, and ended_at with ended_reason, can be set, once; to prolong, INSERT another');
END;

CREATE TRIGGER institution_contract_kept BEFORE DELETE ON institution_contract
BEGIN
	SELECT RAISE(ABORT, 'institution_contract: a contract is history; set ended_at and ended_reason instead');
END;

CREATE TRIGGER institution_contract_added AFTER INSERT ON institution_contract
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.institution_id, 'access');
END;

CREATE TRIGGER institution_contract_ended AFTER UPDATE ON institution_contract
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.institution_id, 'access');
END;

CREATE TRIGGER plan_kept_by_institutions BEFORE DELETE ON plan
	WHEN EXISTS (SELECT 1 FROM institution_contract WHERE plan_id = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'plan: contracts of institutions name it; set offered = 0 to stop offering it');
END;

-- Networks and domains -----------------------------------------------------------------------------------------------------

CREATE TRIGGER institution_network_added AFTER INSERT ON institution_network
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.institution_id, 'access');
END;

CREATE TRIGGER institution_network_ended AFTER UPDATE ON institution_network
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.institution_id, 'access');
END;

CREATE TRIGGER institution_network_kept BEFORE DELETE ON institution_network
BEGIN
	SELECT RAISE(ABORT, 'institution_network: rows are history; set ended_at instead');
END;

-- A mailbox that anybody can have proves no employer.
CREATE TRIGGER institution_domain_checked BEFORE INSERT ON institution_domain
BEGIN
	SELECT RAISE(ABORT, 'institution_domain.institution_id: there is no such institution')
	WHERE NEW.institution_id IS NULL OR NOT EXISTS (SELECT 1 FROM institution WHERE id = NEW.institution_id);
	SELECT RAISE(ABORT, 'institution_domain.domain: anybody can have an address there; invite these readers one by one')
	WHERE NEW.domain IN ('gmail.com', 'googlemail.com', 'outlook.com', 'outlook.fr', 'hotmail.com', 'hotmail.fr', 'live.com', 'live.fr',
		'msn.com', 'yahoo.com', 'yahoo.fr', 'ymail.com', 'icloud.com', 'me.com', 'mac.com', 'aol.com', 'gmx.com', 'gmx.fr', 'gmx.net',
		'mail.com', 'proton.me', 'protonmail.com', 'pm.me', 'tutanota.com', 'orange.fr', 'wanadoo.fr', 'free.fr', 'sfr.fr', 'neuf.fr',
		'cegetel.net', 'club-internet.fr', 'laposte.net', 'bbox.fr', 'numericable.fr', 'noos.fr', 'aliceadsl.fr', 'voila.fr', 'gouv.fr',
		'asso.fr', 'com.fr', 'nom.fr', 'co.uk', 'zoho.com', 'yandex.com', 'mailo.com', 'netcourrier.com', 'lilo.org');
	SELECT RAISE(ABORT, 'institution_domain.domain: another row covers this domain already; set its ended_at first')
	WHERE EXISTS (SELECT 1 FROM institution_domain WHERE domain = NEW.domain AND ended_at IS NULL);
	SELECT RAISE(ABORT, 'institution_domain: rows are added, never replaced; leave id out')
	WHERE EXISTS (SELECT 1 FROM institution_domain WHERE id = NEW.id);
END;

CREATE TRIGGER institution_domain_stays BEFORE UPDATE ON institution_domain
	WHEN OLD.ended_at IS NOT NULL
		OR (OLD.id, OLD.institution_id, OLD.domain, OLD.created_at) IS NOT (NEW.id, NEW.institution_id, NEW.domain, NEW.created_at)
BEGIN
	SELECT RAISE(ABORT, 'institution_domain: only ended_at can be set, once; for another domain INSERT another row');
END;

CREATE TRIGGER institution_domain_kept BEFORE DELETE ON institution_domain
BEGIN
	SELECT RAISE(ABORT, 'institution_domain: rows are history; set ended_at instead');
END;

CREATE TRIGGER institution_domain_added AFTER INSERT ON institution_domain
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.institution_id, 'access');
END;

CREATE TRIGGER institution_domain_ended AFTER UPDATE ON institution_domain
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', NEW.institution_id, 'access');
END;

-- Seats, invitations, contact persons ---------------------------------------------------------------------------------------

CREATE TRIGGER seat_checked BEFORE INSERT ON seat
BEGIN
	SELECT RAISE(ABORT, 'seat.institution_id: there is no such institution')
	WHERE NEW.institution_id IS NULL OR NOT EXISTS (SELECT 1 FROM institution WHERE id = NEW.institution_id);
	SELECT RAISE(ABORT, 'seat.subscriber_id: there is no such account')
	WHERE NEW.subscriber_id IS NULL OR NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id);
	SELECT RAISE(ABORT, 'seat: the reader has a seat of this institution already')
	WHERE EXISTS (SELECT 1 FROM seat WHERE institution_id = NEW.institution_id AND subscriber_id = NEW.subscriber_id AND revoked_at IS NULL);
	SELECT RAISE(ABORT, 'seat: all seats of the institution are taken, or no contract is open or to come')
	WHERE NEW.revoked_at IS NULL AND (SELECT taken >= seats FROM institution_seats WHERE institution_id = NEW.institution_id);
	SELECT RAISE(ABORT, 'seat: rows are added, never replaced; leave id out')
	WHERE EXISTS (SELECT 1 FROM seat WHERE id = NEW.id);
END;

CREATE TRIGGER seat_stays BEFORE UPDATE ON seat
	WHEN OLD.revoked_at IS NOT NULL OR (OLD.id, OLD.institution_id, OLD.subscriber_id, OLD.origin, OLD.batch_id, OLD.created_at)
		IS NOT (NEW.id, NEW.institution_id, NEW.subscriber_id, NEW.origin, NEW.batch_id, NEW.created_at)
BEGIN
	SELECT RAISE(ABORT, 'seat: only revoked_at and revoked_reason can be set, once; to give a seat again INSERT another row');
END;

CREATE TRIGGER seat_kept BEFORE DELETE ON seat
	WHEN EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id)
BEGIN
	SELECT RAISE(ABORT, 'seat: rows are history; set revoked_at and revoked_reason instead (they go with the account only)');
END;

CREATE TRIGGER seat_added AFTER INSERT ON seat
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access');
END;

-- For the institution it is 'content': its networks stay as they are, and its other readers can only move up.
CREATE TRIGGER seat_ended AFTER UPDATE ON seat
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access'), ('institution', NEW.institution_id, 'content');
END;

CREATE TRIGGER seat_invitation_checked BEFORE INSERT ON seat_invitation
BEGIN
	SELECT RAISE(ABORT, 'seat_invitation.institution_id: there is no such institution')
	WHERE NEW.institution_id IS NULL OR NOT EXISTS (SELECT 1 FROM institution WHERE id = NEW.institution_id);
	SELECT RAISE(ABORT, 'seat_invitation: this address is invited already')
	WHERE EXISTS (SELECT 1 FROM seat_invitation WHERE institution_id = NEW.institution_id AND email = NEW.email AND closed_at IS NULL);
	SELECT RAISE(ABORT, 'seat_invitation: all seats of the institution are taken, or no contract is open or to come')
	WHERE (SELECT taken >= seats FROM institution_seats WHERE institution_id = NEW.institution_id);
END;

CREATE TRIGGER seat_invitation_stays BEFORE UPDATE ON seat_invitation
	WHEN OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL OR NEW.email <> ''
		OR (OLD.id, OLD.institution_id, OLD.origin, OLD.batch_id, OLD.created_at) IS NOT (NEW.id, NEW.institution_id, NEW.origin, NEW.batch_id, NEW.created_at)
BEGIN
	SELECT RAISE(ABORT, 'seat_invitation: it can only be closed, once: SET closed_at = unixepoch(), email = ''''');
END;

CREATE TRIGGER institution_contact_checked BEFORE INSERT ON institution_contact
BEGIN
	SELECT RAISE(ABORT, 'institution_contact.institution_id: there is no such institution')
	WHERE NEW.institution_id IS NULL OR NOT EXISTS (SELECT 1 FROM institution WHERE id = NEW.institution_id);
	SELECT RAISE(ABORT, 'institution_contact.subscriber_id: there is no such account')
	WHERE NEW.subscriber_id IS NULL OR NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id);
	SELECT RAISE(ABORT, 'institution_contact: the reader is a contact person of this institution already')
	WHERE EXISTS (SELECT 1 FROM institution_contact WHERE institution_id = NEW.institution_id AND subscriber_id = NEW.subscriber_id AND ended_at IS NULL);
END;

CREATE TRIGGER institution_contact_stays BEFORE UPDATE ON institution_contact
	WHEN OLD.ended_at IS NOT NULL OR (OLD.id, OLD.institution_id, OLD.subscriber_id, OLD.created_at)
		IS NOT (NEW.id, NEW.institution_id, NEW.subscriber_id, NEW.created_at)
BEGIN
	SELECT RAISE(ABORT, 'institution_contact: only ended_at can be set, once');
END;

CREATE TRIGGER institution_of_removed AFTER DELETE ON subscriber
BEGIN
	DELETE FROM seat WHERE subscriber_id = OLD.id;
	DELETE FROM institution_contact WHERE subscriber_id = OLD.id;
	UPDATE seat_invitation SET closed_at = unixepoch(), email = '' WHERE email = OLD.email AND closed_at IS NULL;
END;
