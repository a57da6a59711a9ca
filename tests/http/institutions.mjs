// institutions.mjs: readers in covered networks and on seats through the real nginx, with the shared cache on: who reads,
// who does not, and that nothing of theirs is kept for others. Peers are addresses of 127.0.0.0/8.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';
import { until } from './lib/until.mjs';

const paid = '/innovation/paye', canary = /CANARI/;
let site;

const from = (peer, path, headers = {}, method = 'GET') => site.request(path, { method, headers, from: peer });
const reads = async (...args) => canary.test((await from(...args)).text);

// The answer once it is the whole article: for a second without news of changes, as on a busy machine, no network is
// covered, and that is meant.
const all = (answer) => until('the whole article', async () => { const r = await answer(); return canary.test(r.text) && r; });
const whole = (peer) => all(() => from(peer, paid));

// The old worker of nginx may take a last connection after a reload.
async function readsNow(peer) {
	for (let i = 0; i < 10; i++) if (!await reads(peer, paid)) return false;
	return true;
}

const nginxWorkers = async () => {
	const pid = site.nginx.child.pid;

	return (await fs.readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
};

// What the worker and deploy/systemd/poterne-networks.path do; then no worker that knows the list of before is left.
async function followNetworks() {
	const before = await nginxWorkers();

	await site.must('--set', `institutions.nginx_networks=${site.in('nginx/snippets/poterne-networks.conf')}`, 'work', '--once');
	site.nginx.kill('SIGHUP');
	await until('the workers of before are gone', async () => (await nginxWorkers()).every((pid) => !before.includes(pid)));
}

before(async () => {
	site = await Site.start();
	await site.must('institution', 'add', 'Mairie de Valmont', '--siret', '217 500 016 00019');
	await site.must('institution', 'grant', 'mairie-de-valmont', 'integral', '--seats', '2', '--until', '2099-12-31', '--order', 'BC 7');
	await site.must('institution', 'network', 'mairie-de-valmont', 'add', '127.9.0.0/16', '--label', 'hall');
	await followNetworks();
	await until('nginx knows the network', () => readsNow('127.9.0.5'));
});
after(() => site?.stop());

test('NG5_covered_network_reads_without_signing_in_and_is_private', async () => {
	const r = await whole('127.9.0.5');

	assert.equal(r.status, 200);
	assert.equal(r.headers['cache-control'], 'private, no-cache');
	assert.equal(r.headers['set-cookie'], undefined);
});

test('LK10_nothing_of_a_covered_reader_is_kept_for_others', async () => {
	for (let i = 0; i < 20; i++) {
		await whole('127.9.0.5');
		const r = await from('127.1.0.1', paid);
		assert.doesNotMatch(r.text, canary);
		assert.match(r.headers['cache-control'], /^public/);
	}
});

test('LK10_a_kept_teaser_is_not_served_to_a_covered_reader', async () => {
	await all(async () => {
		await from('127.1.0.1', paid);
		await from('127.1.0.1', paid);
		return from('127.9.200.1', paid);
	});
});

test('LK12_head_from_a_covered_network_fills_no_cache', async () => {
	await from('127.9.0.5', paid, {}, 'HEAD');
	assert.doesNotMatch((await from('127.1.0.1', paid)).text, canary);
});

test('LK14_a_covered_readers_etag_gives_others_nothing', async () => {
	const { headers } = await whole('127.9.0.5');
	const r = await from('127.1.0.1', paid, { 'If-None-Match': headers.etag });

	assert.equal(r.status, 200);
	assert.doesNotMatch(r.text, canary);
});

const spoofed = ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Client-IP', 'X-Client-IP', 'CF-Connecting-IP', 'True-Client-IP', 'Remote-Addr', 'Poterne-Lane'];

for (const name of spoofed)
	test(`NG5_${name}_makes_nobody_covered`, async () => {
		const value = name === 'Forwarded' ? 'for=127.9.0.5' : name === 'Poterne-Lane' ? 'member' : '127.9.0.5';

		for (const headers of [{ [name]: value }, { [name]: value, Cookie: '__Host-session=v4.local.x' }, { [name]: value, Cookie: '1;' }]) {
			const r = await from('127.1.0.1', paid, headers);
			assert.doesNotMatch(r.text, canary, JSON.stringify(headers));
		}
	});

test('NG5_without_the_member_lane_no_address_is_believed', async () => {
	const bare = await site.fastcgi({ REQUEST_URI: paid, REMOTE_ADDR: '127.9.0.5' });
	const twice = await site.fastcgi({ REQUEST_URI: paid, REMOTE_ADDR: '127.9.0.5', POTERNE_LANE: 'anonymous' });

	assert.doesNotMatch(bare.text, canary);
	assert.doesNotMatch(twice.text, canary);
	await all(() => site.fastcgi({ REQUEST_URI: paid, REMOTE_ADDR: '127.9.0.5', POTERNE_LANE: 'member' }));
});

test('LK17_a_network_taken_away_reads_no_more_within_a_second', async () => {
	await site.must('institution', 'network', 'mairie-de-valmont', 'add', '127.8.0.0/16');
	await followNetworks();
	await until('covered', () => readsNow('127.8.0.1'));
	await site.sql("UPDATE institution_network SET ended_at = unixepoch() WHERE network = '127.8.0.0/16'");
	await until('not covered', async () => !await reads('127.8.0.1', paid), 1500);
	await site.sql("UPDATE institution SET status = 'suspended'");
	await until('suspended', async () => !await reads('127.9.0.5', paid));
	await site.sql("UPDATE institution SET status = 'active'");
	await until('active', () => readsNow('127.9.0.5'));
});

test('SE12_seats_are_managed_by_their_contact_person_only', async () => {
	await site.must('institution', 'contact', 'mairie-de-valmont', 'add', 'contact@valmont.example');
	await site.must('institution', 'add', 'École');
	await site.must('institution', 'grant', 'ecole', 'integral', '--seats', '5', '--until', '2099-12-31');
	await site.must('institution', 'contact', 'ecole', 'add', 'directrice@ecole.example');
	const contact = await site.signIn('contact@valmont.example'), other = await site.signIn('directrice@ecole.example');
	const [{ id }] = await site.sql("SELECT id FROM institution WHERE slug = 'mairie-de-valmont'");
	const at = '/account/institution', page = async (cookie) => (await site.get(at, { cookie })).text;

	assert.equal((await site.get(at)).status, 303);
	assert.match(await page(contact), /Mairie de Valmont/);
	assert.doesNotMatch(await page(other), /Valmont/);
	assert.equal((await site.post(at, { action: 'invite', institution: id, email: 'x@example.org' }, { cookie: other })).status, 404);
	const r = await site.post(at, { action: 'invite', institution: id, email: 'Marie@Valmont.example' }, { cookie: contact });
	assert.equal(r.status, 303);
	assert.match(await page(contact), /marie@valmont\.example/);
	assert.equal((await site.sql("SELECT count(*) AS n FROM outbox WHERE template = 'mail_seat' AND recipient = 'marie@valmont.example'"))[0].n, 1);
	const [invitation] = await site.sql('SELECT id FROM seat_invitation WHERE closed_at IS NULL');
	assert.equal((await site.post(at, { action: 'withdraw', seat: invitation.id }, { cookie: other })).status, 404);

	// The invited reader accepts, reads, and is ended again by the contact person.
	const marie = await site.signIn('marie@valmont.example');
	assert.doesNotMatch((await site.get(paid, { cookie: marie })).text, canary);
	assert.match(await page(marie), /Mairie de Valmont/);
	assert.equal((await site.post(at, { action: 'accept' }, { cookie: marie })).status, 303);
	assert.match((await site.get(paid, { cookie: marie })).text, canary);
	const [seat] = await site.sql('SELECT id FROM seat WHERE revoked_at IS NULL');
	for (const cookie of [other, marie])
		assert.equal((await site.post(at, { action: 'end', seat: seat.id }, { cookie })).status, 404);
	assert.equal((await site.post(at, { action: 'end', seat: seat.id }, { cookie: contact })).status, 303);
	await until('the seat is over', async () => !canary.test((await site.get(paid, { cookie: marie })).text));
});

test('AU1_use_is_counted_in_sums_of_a_month', async () => {
	await from('127.9.0.5', paid);
	const rows = await until('sums are written', async () => {
		const all = await site.sql('SELECT * FROM institution_usage');
		return all.length > 0 && all;
	});

	assert.deepEqual(Object.keys(rows[0]).sort(), ['institution_id', 'month', 'opened', 'via']);
});

test('AU1_what_was_counted_last_is_written_before_the_daemon_ends', async () => {
	const opened = async () => (await site.sql('SELECT coalesce(sum(opened), 0) AS n FROM institution_usage'))[0].n;

	await site.restart();
	const before = await opened();
	for (let i = 0; i < 3; i++) await whole('127.9.0.5');
	await site.restart();
	assert.equal(await opened(), before + 3);
});

test('F_explain_knows_networks', async () => {
	const r = JSON.parse(await site.must('access', 'explain', '-', paid, '--ip', '127.9.0.5', '--json'));
	assert.equal(r.verdict, 'full');
	assert.equal(r.reason, 'network');
	const far = JSON.parse(await site.must('access', 'explain', '-', paid, '--ip', '127.1.0.5', '--json'));
	assert.equal(far.verdict, 'teaser');
});

test('CIDR_refused_by_command_and_by_sql_alike', async () => {
	for (const bad of ['10.0.0.0/abc', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/15', '2001:db8::/31', '10.0.0.1/24', '::ffff:10.0.0.0/104', '::/0']) {
		const r = await site.poterne('institution', 'network', 'ecole', 'add', bad);
		assert.equal(r.code, 1, bad);
		await assert.rejects(site.sql(`INSERT INTO institution_network (institution_id, network) VALUES (1, '${bad}')`), bad);
	}
	await fs.writeFile(site.in('n.csv'), 'institution,network\necole,10.0.0.0/24\necole,10.0.0.0/abc\n');
	const r = await site.poterne('institution', 'import', 'networks', site.in('n.csv'));
	assert.equal(r.code, 1);
	assert.match(r.stderr, /n\.csv:3: 10\.0\.0\.0\/abc/);
});
