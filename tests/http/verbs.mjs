// verbs.mjs: the verbs of the command line as people and scripts call them: tables, JSON, refusals, exit statuses.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site, root } from './lib/site.mjs';

let site;
before(async () => { site = await Site.start({ serve: false, nginx: false }); });
after(() => site?.stop());

const json = async (...args) => JSON.parse(await site.must('--json', ...args));
async function refused(sentence, ...args) {
	const r = await site.poterne(...args);

	assert.equal(r.code, 1, `${args.join(' ')}: ${r.stdout}${r.stderr}`);
	assert.match(r.stderr, sentence);
	assert.match(r.stderr, /^poterne: [^\n]+\n/);
}

test('verbs_say_how_they_are_used_and_exit_64', async () => {
	const verbs = (await site.must('--help')).match(/^ {2}[a-z]+/gm).map((line) => line.trim());

	assert.ok(verbs.length > 18);
	for (const verb of verbs) {
		const r = await site.poterne(verb, '--nonsense');
		assert.equal(r.code, 64, `${verb}: ${r.stderr}`);
		assert.match(r.stderr, /usage: poterne/, verb);
	}
	for (const args of [[], ['nonsense'], ['article'], ['article', 'nonsense'], ['session'], ['key', 'retire'], ['check', 'too', 'many'],
		['migrate', '--status', '--dry-run'], ['payment', 'replay'], ['institution', 'end'],
		['article', 'list', 'x'], ['newsletter', 'list', 'x'], ['subscriber', 'list', 'x'], ['institution', 'list', 'x'], ['page', 'list', 'x'],
		['key', 'list', 'x'], ['consent', 'prove', 'a', 'b'], ['theme', 'x'], ['leakcheck', 'x']]) {
		const r = await site.poterne(...args);
		assert.equal(r.code, 64, `${args.join(' ')}: ${r.stderr}`);
		assert.match(r.stderr, /usage: poterne/, args.join(' '));
	}
	assert.match(await site.must('--version'), /^poterne \d+\.\d+\.\d+\n$/);
	assert.equal((await site.poterne('--set', 'server.threads=many', 'key', 'list')).code, 78);
	assert.equal((await site.poterne('--set', 'server.thraeds=4', 'key', 'list')).code, 78);
});

test('a_table_that_cannot_be_read_is_told_of', async () => {
	for (const [table, ...verb] of [['page', 'page', 'list'], ['article', 'article', 'history', 'libre'], ['article', 'article', 'preview', '--link', 'libre'],
		['article_revision', 'article', 'history', 'libre', '--show', '1'], ['newsletter', 'newsletter', 'add', 'a@example.org', '--list', 'perron']]) {
		await site.sql(`PRAGMA legacy_alter_table = ON; ALTER TABLE ${table} RENAME TO away`);
		const r = await site.poterne(...verb);
		await site.sql(`PRAGMA legacy_alter_table = ON; ALTER TABLE away RENAME TO ${table}`);
		assert.equal(r.code, 1, verb.join(' '));
		assert.match(r.stderr, /no such table/, verb.join(' '));
	}
});

test('article_list_show_publish_unpublish_remove', async () => {
	const all = await json('article', 'list'), one = all.find((a) => a.slug === 'libre');

	assert.deepEqual(Object.keys(one).filter((k) => ['slug', 'section', 'title', 'access', 'plans', 'words', 'published_at', 'path'].includes(k)).sort(),
		['access', 'path', 'plans', 'published_at', 'section', 'slug', 'title', 'words']);
	assert.equal(one.path, '/innovation/libre');
	assert.match(one.published_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
	assert.match(await site.must('article', 'list'), /^SLUG .*\n(?:.*\n)*libre +/m);
	assert.equal((await json('article', 'show', 'libre'))[0]?.title ?? (await json('article', 'show', 'libre')).title, 'Un article libre');
	assert.match(await site.must('article', 'show', 'paye'), /Un article payé/);
	assert.match(await site.must('article', 'unpublish', 'libre'), /^libre: withdrawn\n$/);
	assert.match(await site.must('article', 'publish', 'libre'), /^libre: published\n$/);
	assert.equal((await json('article', 'list')).find((a) => a.slug === 'libre').published_at, one.published_at, 'keeps its date');
	assert.match(await site.must('article', 'publish', 'brouillon', '--at', '2099-01-31'), /^brouillon: scheduled\n$/);
	assert.match(await site.must('article', 'preview', 'paye'), /CANARI/);
	assert.match(await site.must('article', 'remove', 'pro'), /^pro: removed\n$/);
	for (const verb of ['show', 'publish', 'unpublish', 'preview', 'remove']) await refused(/nulle-part/, 'article', verb, 'nulle-part');
	await refused(/--at/, 'article', 'publish', 'libre', '--at', 'demain');
	await refused(/nothing\.md/, 'article', 'import', site.in('nothing.md'));
});

test('subscriber_session_and_access_name_the_reader', async () => {
	await site.must('subscriber', 'add', 'anne@example.org', '--name', 'Anne');
	const [row] = await json('subscriber', 'grant', 'anne@example.org', 'integral', '--until', '2099-12-31', '--grace', '3');
	assert.deepEqual([row.status, row.plans], ['active', ['integral']]);
	assert.match(await site.must('subscriber', 'show', 'anne@example.org'), /integral/);
	await site.must('session', 'issue', 'anne@example.org', '--label', 'Essai');
	const [session] = await json('session', 'list', 'anne@example.org');
	assert.equal(session.label, 'Essai');
	assert.match(await site.must('session', 'revoke', 'anne@example.org', String(session.id)), /^1 session ended\n$/);
	assert.match(await site.must('session', 'revoke', 'anne@example.org'), /^0 sessions ended\n$/);
	assert.match(await site.must('access', 'explain', 'anne@example.org', '/innovation/paye'), /full/i);
	assert.match(await site.must('access', 'explain', '-', '/innovation/paye'), /teaser/i);
	assert.match(await site.must('subscriber', 'pause', 'anne@example.org', '--until', '2099-02-01'), /paused/);
	assert.match(await site.must('subscriber', 'resume', 'anne@example.org'), /over|paused/);
	await site.must('subscriber', 'revoke', 'anne@example.org', '--reason', 'essai');
	for (const args of [['subscriber', 'show'], ['session', 'list'], ['session', 'issue'], ['session', 'revoke'], ['subscriber', 'resume']])
		await refused(/there is no subscriber personne@example\.org/, ...args, 'personne@example.org');
	await refused(/not an e-mail address/, 'session', 'list', 'personne');
	await refused(/plan "or"/, 'subscriber', 'grant', 'anne@example.org', 'or', '--until', '2099-12-31');
	await refused(/no session 12/, 'session', 'revoke', 'anne@example.org', '12');
	await refused(/not a number/, 'session', 'revoke', 'anne@example.org', 'x');
	await refused(/before it starts/, 'subscriber', 'pause', 'anne@example.org', '--from', '2099-02-01', '--until', '2099-01-01');
});

test('institution_from_its_name_to_its_end', async () => {
	const [made] = await json('institution', 'add', 'Ville de Brume', '--siret', '21750001600019');
	assert.deepEqual([made.slug, made.status, made.plans, made.siret], ['ville-de-brume', 'none', [], '21750001600019']);
	await site.must('institution', 'grant', 'ville-de-brume', 'integral', '--seats', '5', '--until', '2099-12-31', '--order', 'BC 9');
	await site.must('institution', 'network', 'ville-de-brume', 'add', '192.0.2.0/24', '--label', 'mairie');
	await site.must('institution', 'domain', 'ville-de-brume', 'add', 'brume.example');
	await site.must('institution', 'seat', 'ville-de-brume', 'add', 'agent@brume.example');
	const [whole] = await json('institution', 'show', '21750001600019');
	assert.deepEqual([whole.networks[0].text, whole.domains[0].text, whole.contracts[0].order, whole.seats, whole.taken],
		['192.0.2.0/24', 'brume.example', 'BC 9', 5, 1]);
	assert.match(await site.must('institution', 'show', 'ville-de-brume'), /Contracts[\s\S]*Domains[\s\S]*Networks/);
	assert.match(await site.must('institution', 'list'), /ville-de-brume/);
	assert.match(await site.must('institution', 'seat', 'ville-de-brume', 'list', '--csv'), /agent@brume\.example/);
	assert.match(await site.must('institution', 'networks'), /192\.0\.2\.0\/24/);
	await site.must('institution', 'paid', 'ville-de-brume', String(whole.contracts[0].id), '--at', '2026-01-31');
	await refused(/not paid yet/, 'institution', 'paid', 'ville-de-brume', String(whole.contracts[0].id));
	assert.equal((await json('institution', 'suspend', 'ville-de-brume'))[0].status, 'suspended');
	assert.equal((await json('institution', 'resume', 'ville-de-brume'))[0].status, 'active');
	await fs.writeFile(site.in('agents.csv'), 'institution,email\nville-de-brume,un@brume.example\nville-de-brume,deux@brume.example\n');
	await site.must('institution', 'import', 'seats', site.in('agents.csv'), '--dry-run');
	await site.must('institution', 'import', 'seats', site.in('agents.csv'));
	const [batch] = await site.sql('SELECT max(id) AS id FROM institution_batch');
	await site.must('institution', 'undo', String(batch.id));
	assert.equal((await json('institution', 'show', 'ville-de-brume'))[0].taken, 1);
	await site.must('institution', 'network', 'ville-de-brume', 'remove', '192.0.2.0/24');
	await site.must('institution', 'domain', 'ville-de-brume', 'remove', 'brume.example');
	await site.must('institution', 'seat', 'ville-de-brume', 'remove', 'agent@brume.example');
	await site.must('institution', 'end', 'ville-de-brume', '--reason', 'essai');
	await refused(/no contract/, 'institution', 'end', 'ville-de-brume');
	await refused(/no institution "nulle-part"/, 'institution', 'show', 'nulle-part');
	await refused(/SIRET/, 'institution', 'add', 'Autre', '--siret', '21750001600018');
	await refused(/0\.0\.0\.0\/0/, 'institution', 'network', 'ville-de-brume', 'add', '0.0.0.0/0');
});

test('keys_payments_pages_and_figures', async () => {
	const kid = (await site.must('key', 'new')).trim().split(/\s+/).at(-1);
	const keys = await json('key', 'list');
	assert.ok(keys.length >= 2 && keys.some((k) => k.kid.length > 20));
	await site.must('key', 'retire', keys.find((k) => k.state !== 'signing').kid);
	await refused(/./, 'key', 'retire', 'k4.lid.nothing');
	assert.ok(kid.length > 0);
	assert.deepEqual(await json('payment', 'list'), []);
	assert.ok(Array.isArray(await json('payment', 'report')));
	await refused(/no such event/, 'payment', 'replay', 'evt_nothing');
	await fs.writeFile(site.in('export.csv'), 'id,Customer ID,Status\n');
	assert.ok([0, 1].includes((await site.poterne('payment', 'import', site.in('export.csv'))).code));
	await fs.writeFile(site.in('mentions.md'), '# Mentions\n\nUn texte.\n');
	await site.must('page', 'import', site.in('mentions.md'));
	assert.deepEqual((await json('page', 'list')).map((p) => p.path), ['/mentions']);
	await site.must('page', 'remove', 'mentions');
	await refused(/mentions/, 'page', 'remove', 'mentions');
	assert.ok(Array.isArray(await json('stats', '--days', '7')));
	assert.ok(Array.isArray(await json('stats', '--articles', '5')));
	await site.must('subscriber', 'add', 'plume@example.org');
	await site.must('staff', 'add', 'plume@example.org');
	await site.must('staff', 'remove', 'plume@example.org');
	assert.ok(Array.isArray(await json('newsletter', 'list')));
});

test('FT8_migrate_status_dry_run_and_again', async () => {
	const rows = await json('migrate', '--status');
	assert.ok(rows.length > 20 && rows.every((r) => r.state === 'applied'));
	assert.match(await site.must('migrate', '--status'), /001_/);
	assert.match(await site.must('migrate'), /up to date/);
	assert.deepEqual(await json('migrate'), []);
	await fs.cp(`${root}/demo/sql`, site.in('own'), { recursive: true });
	await fs.writeFile(site.in('own/900_essai.sql'), 'CREATE TABLE essai (id INTEGER PRIMARY KEY);\n');
	assert.equal((await json('migrate', '--dry-run', site.in('own'))).length, 1);
	assert.equal((await site.sql("SELECT count(*) AS n FROM sqlite_master WHERE name = 'essai'"))[0].n, 0);
	await fs.writeFile(site.in('own/900_essai.sql'), 'CREATE TABEL essai (id INTEGER PRIMARY KEY);\n');
	await refused(/900_essai\.sql:1: /, 'migrate', site.in('own'));
});

test('FT24_check_backup_and_what_they_refuse', async () => {
	assert.match(await site.must('check'), /nothing is wrong|LEVEL/);
	await site.must('backup', site.in('copy.db'));
	assert.equal((await fs.stat(site.in('copy.db'))).mode & 0o777, 0o600);
	assert.match(await site.must('--set', `paths.database=${site.in('copy.db')}`, 'article', 'list'), /libre/);
	await refused(/copy\.db/, 'backup', site.in('copy.db'));
	await refused(/migrate/, '--set', `paths.database=${site.in('none.db')}`, 'check');
	await fs.truncate(site.in('copy.db'), 40960);
	const broken = await site.poterne('--set', `paths.database=${site.in('copy.db')}`, 'check');
	assert.equal(broken.code, 1, broken.stdout);
});
