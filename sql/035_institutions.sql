-- Institutions: town halls, départements, schools that read together. What they have signed for are rows that are added and
-- ended, never overwritten; who reads by them are seats and networks.

CREATE TABLE institution (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	slug       TEXT    NOT NULL UNIQUE,          -- its name on the command line: mairie-de-valmont
	name       TEXT    NOT NULL,                 -- as its readers see it: Mairie de Valmont
	siret      TEXT    UNIQUE,                   -- 14 digits without spaces; NULL: it has none
	status     TEXT    NOT NULL DEFAULT 'active',-- active; suspended: nobody reads by it until it is active again
	note       TEXT    NOT NULL DEFAULT '',      -- for the staff
	created_at INTEGER NOT NULL DEFAULT (unixepoch()),
	CONSTRAINT "institution.slug: small letters and digits in words joined by -, 1 to 80 characters"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*' AND slug NOT GLOB '*-'
			AND slug NOT GLOB '*--*' AND slug GLOB '*[a-z]*'),
	CONSTRAINT "institution.name: 1 to 200 characters on one line"
		CHECK (length(name) BETWEEN 1 AND 200 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "institution.siret: 14 digits without spaces"
		CHECK (siret IS NULL OR (length(siret) = 14 AND siret NOT GLOB '*[^0-9]*')),
	CONSTRAINT "institution.status: active or suspended" CHECK (status IN ('active', 'suspended')),
	CONSTRAINT "institution.note: at most 1000 characters" CHECK (length(note) <= 1000)
) STRICT;

-- One row a period that was ordered. It opens when it starts, paid or not: a purchase order is enough. To prolong, add a
-- contract; to stop one early, set ended_at and ended_reason, once; paid_at is set once too.
CREATE TABLE institution_contract (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	plan_id        INTEGER NOT NULL REFERENCES plan (id),
	seats          INTEGER NOT NULL,               -- how many readers by name
	networks       INTEGER NOT NULL DEFAULT 1,     -- 1: whoever sits in its networks reads too
	starts_at      INTEGER NOT NULL,               -- first second that counts
	ends_at        INTEGER NOT NULL,               -- first second that does not
	grace_s        INTEGER NOT NULL DEFAULT 0,     -- seconds after ends_at in which reading still works, 90 days at most
	purchase_order TEXT    NOT NULL DEFAULT '',    -- number of the purchase order (bon de commande)
	created_at     INTEGER NOT NULL DEFAULT (unixepoch()),
	paid_at        INTEGER,                        -- when the money came
	ended_at       INTEGER,                        -- stopped early from this second on, without grace
	ended_reason   TEXT,
	CONSTRAINT "institution_contract.seats: 0 to 1000000" CHECK (seats BETWEEN 0 AND 1000000),
	CONSTRAINT "institution_contract.networks: 0 or 1" CHECK (networks IN (0, 1)),
	CONSTRAINT "institution_contract.starts_at, ends_at: epoch seconds as unixepoch() makes them, from 2000 on"
		CHECK (starts_at BETWEEN 946684800 AND 253402300799 AND ends_at BETWEEN 946684800 AND 253402300799),
	CONSTRAINT "institution_contract: it ends before it starts" CHECK (ends_at > starts_at),
	CONSTRAINT "institution_contract.grace_s: 0 to 7776000 seconds (90 days)" CHECK (grace_s BETWEEN 0 AND 7776000),
	CONSTRAINT "institution_contract.purchase_order: at most 100 characters" CHECK (length(purchase_order) <= 100),
	CONSTRAINT "institution_contract: ended_at and ended_reason come together, the reason in 1 to 200 characters"
		CHECK ((ended_at IS NULL AND ended_reason IS NULL)
			OR (ended_at > 0 AND ended_reason IS NOT NULL AND length(ended_reason) BETWEEN 1 AND 200))
) STRICT;

CREATE INDEX institution_contract_by_institution ON institution_contract (institution_id, starts_at);
CREATE INDEX institution_contract_by_plan ON institution_contract (plan_id);
CREATE INDEX institution_contract_by_end ON institution_contract (ends_at);

-- One run of an import, so that it can be undone as a whole.
CREATE TABLE institution_batch (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	kind      TEXT    NOT NULL,                    -- seats or networks
	file      TEXT    NOT NULL DEFAULT '',
	added     INTEGER NOT NULL DEFAULT 0,
	at        INTEGER NOT NULL DEFAULT (unixepoch()),
	undone_at INTEGER,
	CONSTRAINT "institution_batch.kind: seats or networks" CHECK (kind IN ('seats', 'networks')),
	CONSTRAINT "institution_batch.file: at most 200 characters" CHECK (length(file) <= 200)
) STRICT;

-- The people of an institution who look after its seats on the web.
CREATE TABLE institution_contact (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	subscriber_id  INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	created_at     INTEGER NOT NULL DEFAULT (unixepoch()),
	ended_at       INTEGER                          -- no longer since
) STRICT;

CREATE UNIQUE INDEX institution_contact_once ON institution_contact (institution_id, subscriber_id) WHERE ended_at IS NULL;
CREATE INDEX institution_contact_by_subscriber ON institution_contact (subscriber_id);

-- Work addresses: whoever proves one by a mailed link gets a free seat. Only whole domains of the institution itself.
CREATE TABLE institution_domain (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	domain         TEXT    NOT NULL,                -- after the @, in small letters; in other scripts its xn-- form
	created_at     INTEGER NOT NULL DEFAULT (unixepoch()),
	ended_at       INTEGER,
	CONSTRAINT "institution_domain.domain: what stands after the @, in small letters, as mairie-valmont.fr"
		CHECK (length(domain) BETWEEN 4 AND 190 AND domain NOT GLOB '*[^a-z0-9.-]*' AND domain GLOB '?*.[a-z]*'
			AND domain NOT GLOB '*..*' AND domain NOT GLOB '.*' AND domain NOT GLOB '*.' AND domain NOT GLOB '-*'
			AND domain NOT GLOB '*-' AND domain NOT GLOB '*-.*' AND domain NOT GLOB '*.-*')
) STRICT;

CREATE UNIQUE INDEX institution_domain_once ON institution_domain (domain) WHERE ended_at IS NULL;
CREATE INDEX institution_domain_by_institution ON institution_domain (institution_id);

-- Where whole rooms read without signing in. 192.0.2.0/24 or 2001:db8::/48, in this one spelling; the triggers of
-- 036 say what is wrong with another.
CREATE TABLE institution_network (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	network        TEXT    NOT NULL,
	label          TEXT    NOT NULL DEFAULT '',     -- for the staff: hôtel de ville, 2e étage
	batch_id       INTEGER REFERENCES institution_batch (id),
	created_at     INTEGER NOT NULL DEFAULT (unixepoch()),
	ended_at       INTEGER,
	CONSTRAINT "institution_network.label: at most 100 characters" CHECK (length(label) <= 100)
) STRICT;

CREATE UNIQUE INDEX institution_network_once ON institution_network (network) WHERE ended_at IS NULL;
CREATE INDEX institution_network_by_institution ON institution_network (institution_id);
CREATE INDEX institution_network_by_batch ON institution_network (batch_id) WHERE batch_id IS NOT NULL;

-- How wide a network may be at most: [institutions] of poterne.conf, which migrate and work copy to here.
CREATE TABLE institution_limit (
	id   INTEGER PRIMARY KEY,
	ipv4 INTEGER NOT NULL DEFAULT 16,
	ipv6 INTEGER NOT NULL DEFAULT 32,
	CONSTRAINT "institution_limit: one row" CHECK (id = 1),
	CONSTRAINT "institution_limit: ipv4 8 to 32, ipv6 16 to 128" CHECK (ipv4 BETWEEN 8 AND 32 AND ipv6 BETWEEN 16 AND 128)
) STRICT;
INSERT INTO institution_limit (id) VALUES (1);

-- One reader who reads by an institution. Ending one sets revoked_at; another row makes a new one: the rows are its history.
CREATE TABLE seat (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	subscriber_id  INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	origin         TEXT    NOT NULL DEFAULT 'staff', -- staff, contact, domain (a work address proven by mail), import
	batch_id       INTEGER REFERENCES institution_batch (id),
	created_at     INTEGER NOT NULL DEFAULT (unixepoch()),
	revoked_at     INTEGER,
	revoked_reason TEXT,                             -- who ended it: staff, contact, reader, import undone
	CONSTRAINT "seat.origin: staff, contact, domain or import" CHECK (origin IN ('staff', 'contact', 'domain', 'import')),
	CONSTRAINT "seat: revoked_at and revoked_reason come together, the reason in 1 to 100 characters"
		CHECK ((revoked_at IS NULL AND revoked_reason IS NULL)
			OR (revoked_at > 0 AND revoked_reason IS NOT NULL AND length(revoked_reason) BETWEEN 1 AND 100))
) STRICT;

CREATE UNIQUE INDEX seat_once ON seat (institution_id, subscriber_id) WHERE revoked_at IS NULL;
CREATE INDEX seat_by_subscriber ON seat (subscriber_id);
CREATE INDEX seat_taken ON seat (institution_id, id) WHERE revoked_at IS NULL;
CREATE INDEX seat_by_batch ON seat (batch_id) WHERE batch_id IS NOT NULL;

-- A seat that waits for its reader: it is theirs when the address is next proven by a mailed link. It holds a place meanwhile.
CREATE TABLE seat_invitation (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	email          TEXT    NOT NULL,                 -- as subscriber.email writes it; '' once it has been answered
	origin         TEXT    NOT NULL DEFAULT 'contact',
	batch_id       INTEGER REFERENCES institution_batch (id),
	created_at     INTEGER NOT NULL DEFAULT (unixepoch()),
	closed_at      INTEGER,                          -- taken, or withdrawn
	CONSTRAINT "seat_invitation.email: one address as somebody@example.org, in small letters"
		CHECK ((closed_at IS NOT NULL AND email = '') OR (length(email) BETWEEN 6 AND 254 AND email = lower(email)
			AND email NOT GLOB '*[^!-~]*' AND email NOT GLOB '*[]()<>,;:\"[]*' AND email GLOB '?*@?*.?*' AND email NOT GLOB '*@*@*')),
	CONSTRAINT "seat_invitation.origin: staff, contact or import" CHECK (origin IN ('staff', 'contact', 'import'))
) STRICT;

CREATE UNIQUE INDEX seat_invitation_once ON seat_invitation (institution_id, email) WHERE closed_at IS NULL;
CREATE INDEX seat_invitation_by_email ON seat_invitation (email) WHERE closed_at IS NULL;
CREATE INDEX seat_invitation_by_batch ON seat_invitation (batch_id) WHERE batch_id IS NOT NULL;

-- How much is read by an institution: sums of a month, never who or what.
CREATE TABLE institution_usage (
	institution_id INTEGER NOT NULL REFERENCES institution (id),
	month          TEXT    NOT NULL,                 -- 2026-11
	via            TEXT    NOT NULL,                 -- seat or network
	opened         INTEGER NOT NULL DEFAULT 0,       -- articles opened
	PRIMARY KEY (institution_id, month, via),
	CONSTRAINT "institution_usage.via: seat or network" CHECK (via IN ('seat', 'network')),
	CONSTRAINT "institution_usage.month: as 2026-11" CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]')
) STRICT, WITHOUT ROWID;

-- Which notices of an end that comes near have been written, so that each is written once.
CREATE TABLE institution_notice (
	contract_id INTEGER NOT NULL REFERENCES institution_contract (id),
	days        INTEGER NOT NULL,                    -- 60, 30 or 7 before the end
	at          INTEGER NOT NULL DEFAULT (unixepoch()),
	PRIMARY KEY (contract_id, days)
) STRICT, WITHOUT ROWID;
