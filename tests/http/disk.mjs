// disk.mjs: the disk is full or may not be written: reading goes on, writing says 503, and it recovers by itself (FT3, FT4).
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Program, run } from './lib/program.mjs';
import { Site, binary } from './lib/site.mjs';
import { HANG, within } from './lib/until.mjs';

const free = '/innovation/libre', paye = '/innovation/paye', CANARY = /CANARI/;
let disk, site, cookie, mounted = false;

const mount = async (...options) => (await run('mount', [...options, disk])).code === 0;

before(async () => {
	disk = await fs.mkdtemp(path.join(os.tmpdir(), 'poterne-disk.'));
	mounted = await mount('-t', 'tmpfs', '-o', 'size=12m', 'tmpfs');
	if (!mounted) return;
	site = await Site.start({ config: { paths: { database: path.join(disk, 'poterne.db') } } });
	await fs.symlink(path.join(disk, 'poterne.db'), site.db);
	cookie = await site.signIn('membre@example.org', { plan: 'integral' });
	await site.must('institution', 'add', 'Mairie de Valmont');
	await site.must('institution', 'grant', 'mairie-de-valmont', 'integral', '--seats', '5', '--until', '2099-12-31');
	await site.must('institution', 'contact', 'mairie-de-valmont', 'add', 'membre@example.org');
	await site.until('the member reads', async () => CANARY.test((await site.get(paye, { cookie })).text));
});
after(async () => {
	await site?.stop();
	if (mounted) await run('umount', ['-l', disk]);
	await fs.rm(disk, { recursive: true, force: true });
});

const reads = async () => {
	assert.equal((await site.get(`${free}?${Math.random()}`)).status, 200);
	assert.equal((await site.get(paye)).status, 200);
	assert.match((await site.get(paye, { cookie })).text, CANARY);
};
let n = 0;
const signIn = (options) => site.post('/login', { email: `lecteur${++n}@example.org`, action: 'link' }, options);
const skipped = (t) => !mounted && (t.skip('nothing may be mounted here'), true);

test('FT3_full_disk_reading_goes_on_writing_waits_and_recovers', async (t) => {
	if (skipped(t)) return;
	const filler = path.join(disk, 'filler');

	assert.equal((await signIn()).status, 303);
	await run('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']);
	await site.until('no room is left', async () => {
		const r = await signIn({ once: true });
		if (r.status !== 503) return false;
		assert.equal(r.headers['retry-after'], '2');
		return true;
	});
	await reads();
	const invited = await site.post('/account/institution', { action: 'invite', institution: '1', email: 'agent@example.org' }, { cookie, once: true });
	assert.equal(invited.status, 503, 'it is the disk that is full, not the institution');
	assert.ok(site.daemon.running);
	await fs.rm(filler);
	await site.until('room is used', async () => (await signIn()).status === 303);
	await reads();
	const check = await run('sqlite3', [site.db, 'PRAGMA integrity_check']);
	assert.equal(check.stdout.trim(), 'ok');
});

test('FT4_read_only_with_what_a_crash_left_reading_goes_on', async (t) => {
	if (skipped(t)) return;
	site.daemon.child.kill('SIGKILL');
	await site.daemon.ended;
	site.daemon = undefined;
	assert.ok(await mount('-o', 'remount,ro'), 'nothing holds it open');
	try {
		await fs.rm(site.socket, { force: true });
		await site.startDaemon();
		await reads();
		assert.equal((await signIn({ once: true })).status, 503);
		await reads();
		assert.ok(site.daemon.running);
		await site.stopDaemon();
	} finally {
		assert.ok(await mount('-o', 'remount,rw'));
	}
	await site.startDaemon();
	assert.equal((await signIn()).status, 303);
});

test('FT4_read_only_after_a_clean_end_is_refused_with_the_place', async (t) => {
	if (skipped(t)) return;
	await site.stopDaemon();
	await run('sqlite3', [site.db, 'PRAGMA wal_checkpoint(TRUNCATE)']); // the last to close takes -wal and -shm away
	assert.ok(await mount('-o', 'remount,ro'), 'nothing holds it open');
	try {
		const p = new Program('serve', binary, ['--config', site.conf, 'serve'], { cwd: site.folder, env: site.env });
		const end = await within('the refusal', HANG, p.ended);
		assert.equal(end.code, 1, p.output);
		assert.match(p.stderr, new RegExp(`^poterne: ${disk}/poterne.db: .*its folder cannot be written`));
		const import_ = await site.poterne('article', 'import', path.join(import.meta.dirname, 'fixture'));
		assert.equal(import_.code, 1);
		assert.match(import_.stderr, /poterne\.db/);
	} finally {
		assert.ok(await mount('-o', 'remount,rw'));
	}
	await site.startDaemon();
	await reads();
});

test('FT7_a_reader_who_holds_on_is_told_of_and_the_journal_shrinks_again', async () => {
	const own = await Site.start({ nginx: false });
	const journal = async () => (await own.metrics()).poterne_database_journal_bytes;
	const shell = new Program('sqlite3', 'sqlite3', ['-batch', own.db], { stdio: ['pipe', 'pipe', 'pipe'] });

	try {
		shell.child.stdin.write('BEGIN; SELECT count(*) FROM article;\n');
		await own.until('an old state is held', () => /^\d+\n/.test(shell.stdout));
		await own.sql('CREATE TABLE ballast (b BLOB); INSERT INTO ballast VALUES (zeroblob(34000000)); INSERT INTO ballast VALUES (zeroblob(34000000));');
		await own.until('the alarm', () => /event=journal_grows bytes=\d{8,}/.test(own.log));
		assert.ok(await journal() > 64 << 20);
		shell.child.stdin.end('COMMIT;\n');
		await shell.ended;
		let n = 0;
		await own.until('the journal is small again', async () => {
			await own.must('subscriber', 'add', `lecteur${++n}@example.org`);
			return await journal() <= 17 << 20;
		});
		assert.equal(own.log.match(/journal_grows/g).length, 1);
	} finally {
		shell.kill('SIGKILL');
		await own.stop();
	}
});

test('FT11_without_a_place_for_mail_the_worker_does_its_other_work', async () => {
	const own = await Site.start({ serve: false, nginx: false });

	try {
		await own.sql("UPDATE article_body SET markdown = markdown || char(10) || 'Une ligne de plus.' WHERE article_id = (SELECT id FROM article WHERE slug = 'libre')");
		const waits = () => own.sql('SELECT count(*) AS n FROM article_body WHERE stale = 1').then(([row]) => row.n);
		assert.equal(await waits(), 1);
		const worker = new Program('worker', binary, ['--config', own.conf, 'work'], { cwd: own.folder, env: { ...own.env, POTERNE_MAIL_FOLDER: own.conf } });
		try {
			await own.until('the article is rendered', async () => worker.running && await waits() === 0);
			await own.until('the reason is said', () => /event=mail_waits reason=".*poterne\.conf/.test(worker.stderr));
		} finally {
			assert.equal((await worker.stop()).code, 0, worker.output);
		}
		assert.equal((await own.poterne('work', '--once', { env: { POTERNE_MAIL_FOLDER: own.conf } })).code, 1);
	} finally {
		await own.stop();
	}
});
