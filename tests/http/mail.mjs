// mail.mjs: from the outbox to a mail server that takes, delays, refuses, drops and dies.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Sink, malformed } from './lib/mail.mjs';
import { Program } from './lib/program.mjs';
import { Site, binary } from './lib/site.mjs';

let site, sink;
before(async () => {
	sink = await Sink.start();
	site = await Site.start({ articles: [], serve: false, config: { mail: { transport: 'smtp', smtp_url: sink.url, tls: 'no', connections: 1 } } });
});
after(async () => {
	await site?.stop();
	await sink?.stop();
});

const put = (...to) => site.sql(`INSERT INTO outbox (kind, recipient, template, data, due_at) VALUES ${to.map((t) => `('transactional', '${t}@example.org', 'mail_login',
	'{"code": "481 516", "link": "https://leperron.example/login/x", "minutes": 10, "device": "Firefox", "requested_at_text": "hier"}', 1)`).join(',')}`);
const work = () => site.poterne('work', '--once');
const rows = (who) => site.sql(`SELECT state, tries, reason, due_at, data FROM outbox WHERE recipient = '${who}@example.org'`);
const fresh = async () => { await site.sql('DELETE FROM outbox; DELETE FROM mail_refused;'); sink.mails.length = 0; sink.behave = true; };

test('ML6_one_envelope_a_recipient_and_nothing_malformed', async () => {
	await fresh();
	await put('lea', 'ben', 'zoe');
	assert.equal((await work()).code, 0);
	assert.deepEqual(sink.mails.map((m) => m.to).sort(), ['ben@example.org', 'lea@example.org', 'zoe@example.org']);
	for (const m of sink.mails) {
		assert.equal(m.recipients, 1);
		assert.deepEqual(malformed(m.raw), []);
	}
	const [mail] = await sink.parsed('lea');
	assert.equal(mail.subject, '481 516 est votre code de connexion');
	assert.equal(mail.from.value[0].address, 'redaction@example.org');
	assert.match(mail.text, /481 516/);
	assert.match(mail.html, /481 516/);
	assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
	assert.equal(mail.headers.has('list-unsubscribe'), false);
	const [{ due_at, ...lea }] = await rows('lea');
	assert.deepEqual(lea, { state: 'sent', tries: 1, reason: '', data: '{}' });
});

test('FT11_4xx_waits_5xx_ends_the_address', async () => {
	await fresh();
	await put('later', 'never', 'spam', 'lea');
	const began = Math.floor(Date.now() / 1000);
	await work();
	const ended = Math.ceil(Date.now() / 1000);
	const [later] = await rows('later'), [never] = await rows('never'), [spam] = await rows('spam');
	assert.equal(later.state, 'waiting');
	assert.ok(later.due_at >= began + 55 && later.due_at <= ended + 80, `back ${later.due_at - began} s after the beginning`);
	assert.match(later.reason, /451/);
	assert.equal(never.state, 'dead');
	assert.match(never.reason, /550/);
	assert.equal(spam.state, 'dead');
	assert.deepEqual((await site.sql('SELECT recipient FROM mail_refused')).map((r) => r.recipient), ['never@example.org']);
	assert.equal(sink.to('lea').length, 1, 'others are not held up');
	await put('never');
	sink.behave = false;
	await work();
	assert.equal(sink.to('never').length, 0, 'nothing goes to an address that was refused');
	await site.sql("UPDATE outbox SET due_at = 1 WHERE recipient = 'later@example.org'");
	await work();
	assert.equal(sink.to('later').length, 1);
});

test('FT11_a_dropped_connection_and_a_server_that_is_away_lose_nothing', async () => {
	await fresh();
	await put('drop');
	await work();
	assert.equal((await rows('drop'))[0].state, 'waiting');
	const port = sink.port;
	await sink.stop();
	await put('lea');
	await work();
	assert.equal((await rows('lea'))[0].state, 'waiting');
	sink = await Sink.start({ port });
	sink.behave = false;
	await site.sql('UPDATE outbox SET due_at = 1');
	await work();
	assert.equal(sink.to('lea').length, 1);
	assert.equal(sink.to('drop').length, 1);
});

test('ML1_ML2_nothing_breaks_out_of_an_envelope_or_a_header', async () => {
	await fresh();
	for (const evil of ["'a@example.org' || char(13, 10) || 'RCPT TO:<b@example.org>'", "'a@example.org>'", "'a@example.org' || char(127)", "'a b@example.org'"])
		await assert.rejects(site.sql(`INSERT INTO outbox (kind, recipient, template, due_at) VALUES ('transactional', ${evil}, 'mail_login', 1)`), /address/);
	await site.sql(`INSERT INTO outbox (kind, recipient, template, data, due_at) VALUES ('transactional', 'lea@example.org', 'mail_login',
		'{"code": "1\\r\\nBcc: b@example.org", "link": "x", "minutes": 1, "requested_at_text": "\\n.\\nMAIL FROM:<x@y.fr>\\n"}', 1)`);
	await work();
	assert.equal(sink.mails.length, 0);
	assert.equal((await rows('lea'))[0].state, 'dead');
});

test('ML3_dots_and_line_ends_stay_in_the_body', async () => {
	await fresh();
	await site.sql(`INSERT INTO outbox (kind, recipient, template, data, due_at) VALUES ('transactional', 'lea@example.org', 'mail_login',
		'{"code": "1", "link": "x", "minutes": 1, "device": null, "requested_at_text": "a\\n.\\nMAIL FROM:<x@y.fr>\\r\\n.\\r\\n"}', 1)`);
	await work();
	assert.equal(sink.mails.length, 1);
	assert.deepEqual(malformed(sink.mails[0].raw), []);
	assert.match((await sink.parsed('lea'))[0].text, /a\n\.\nMAIL FROM:<x@y.fr>\n\.\n/);
});

test('ML10_without_TLS_or_with_a_wrong_certificate_nothing_leaves', async () => {
	await fresh();
	const secure = await Sink.start({ tls: site.folder });
	const as = (url, ...sets) => site.poterne('work', '--once', { env: { POTERNE_MAIL_TLS: 'yes', POTERNE_MAIL_SMTP_URL: url, ...Object.assign({}, ...sets) } });
	try {
		await put('lea');
		await as(sink.url);
		assert.equal(sink.mails.length, 0, 'no STARTTLS');
		await site.sql('UPDATE outbox SET due_at = 1');
		await as(secure.url);
		assert.equal(secure.mails.length, 0, 'self-signed');
		await site.sql('UPDATE outbox SET due_at = 1');
		await as(`smtp://127.0.0.1:${secure.port}`, { POTERNE_MAIL_CA_FILE: secure.cert });
		assert.equal(secure.mails.length, 0, 'another name');
		assert.equal((await rows('lea'))[0].state, 'waiting');
		await site.sql('UPDATE outbox SET due_at = 1');
		await as(secure.url, { POTERNE_MAIL_CA_FILE: secure.cert });
		assert.equal(secure.mails.length, 1);
	} finally {
		await secure.stop();
	}
	const r = await site.poterne('work', '--once', { env: { POTERNE_MAIL_TLS: 'no', POTERNE_MAIL_SMTP_URL: 'smtp://mail.example.org:25' } });
	assert.notEqual(r.code, 0);
	assert.match(r.stderr, /this machine/);
});

test('ML7_twenty_kills_lose_nothing_and_repeat_at_most_what_was_in_flight', async () => {
	const total = 300, kills = 20;
	await fresh();
	sink.behave = false;
	await put(...Array.from({ length: total }, (_, i) => `k${i}`));
	for (let i = 0; i < kills; i++) {
		const target = sink.mails.length + 5 + (i % 7), worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
		sink.onMail = () => { if (sink.mails.length >= target) worker.kill('SIGKILL'); };
		await worker.ended;
	}
	sink.onMail = undefined;
	assert.ok(sink.mails.length < total, 'the kills were in mid-run');
	const worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
	await site.until('all are sent', async () => (await site.sql("SELECT count(*) AS n FROM outbox WHERE state <> 'sent'"))[0].n === 0);
	assert.equal((await worker.stop()).code, 0);
	const seen = new Map();
	for (const m of sink.mails) seen.set(m.to, (seen.get(m.to) ?? 0) + 1);
	assert.equal(seen.size, total, 'none is missing');
	assert.ok(sink.mails.length - total <= kills, `${sink.mails.length - total} repeated`);
	const ids = new Set(sink.mails.map((m) => /^Message-ID: (.*)\r$/m.exec(m.raw.toString('latin1'))[1]));
	assert.equal(ids.size, total, 'a mail that is repeated is the same mail');
});

test('ML7_two_workers_send_none_twice', async () => {
	await fresh();
	sink.behave = false;
	await put(...Array.from({ length: 120 }, (_, i) => `w${i}`));
	const both = await Promise.all([work(), work()]);
	assert.deepEqual(both.map((r) => r.code), [0, 0]);
	assert.equal(new Set(sink.mails.map((m) => m.to)).size, 120);
	assert.equal(sink.mails.length, 120);
});

// A rule that only the commit finds broken: it stands for a disk that is full just then.
const commitsFail = `CREATE TABLE IF NOT EXISTS broken (id INTEGER PRIMARY KEY REFERENCES missing (id) DEFERRABLE INITIALLY DEFERRED); CREATE TABLE IF NOT EXISTS missing (id INTEGER PRIMARY KEY);
	CREATE TRIGGER breaks AFTER UPDATE ON outbox WHEN NEW.state = 'sent' BEGIN INSERT INTO broken (id) VALUES (NEW.id); END;`;

test('ML7_what_was_sent_is_noted_when_the_commit_fails_at_first', async () => {
	await fresh();
	await put('first', 'second');
	await site.sql(commitsFail);
	const worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
	await site.until('the commit fails', () => /event=outbox/.test(worker.stderr));
	await site.sql('DROP TRIGGER breaks');
	await site.until('both are noted', async () => (await site.sql("SELECT state FROM outbox WHERE state <> 'sent'")).length === 0);
	assert.equal((await worker.stop()).code, 0);
	assert.deepEqual(sink.mails.map((m) => m.to).sort(), ['first@example.org', 'second@example.org']);
	assert.equal((await rows('first'))[0].tries, 1);
});

test('ML7_work_once_says_that_it_could_not_note_what_it_sent', async () => {
	await fresh();
	await put('lea');
	await site.sql(commitsFail);
	const r = await work();
	await site.sql('DROP TRIGGER breaks');
	assert.equal(r.code, 1);
	assert.match(r.stderr, /FOREIGN KEY|row that this one names/);
});

test('a_folder_takes_the_mails_as_files', async () => {
	await fresh();
	await put('lea');
	assert.equal((await site.poterne('work', '--once', { env: { POTERNE_MAIL_TRANSPORT: 'file', POTERNE_MAIL_FOLDER: site.in('out') } })).code, 0);
	const files = await fs.readdir(site.in('out'));
	assert.equal(files.length, 1);
	assert.match(files[0], /\.eml$/);
	assert.deepEqual(malformed(await fs.readFile(`${site.in('out')}/${files[0]}`)), []);
});
