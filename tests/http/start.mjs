// start.mjs: the daemon starts whole or not at all, with a sentence; and by every way of starting it.
import assert from 'node:assert/strict';
import { appendFile, chmod, copyFile, mkdir, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fastcgi, parseAnswer } from './lib/fastcgi.mjs';
import { Program, run } from './lib/program.mjs';
import { Site, binary, root } from './lib/site.mjs';
import { until } from './lib/until.mjs';

let site;
before(async () => { site = await Site.start({ articles: [], serve: false }); });
after(() => site?.stop());

// Starting must be refused with the exit code, and say a sentence that matches; nothing may be left at the socket.
async function refused(code, pattern, ...args) {
	const r = await site.poterne(...args, 'serve');
	assert.equal(r.code, code, `exit ${r.code ?? r.signal}: ${r.stderr}`);
	assert.match(r.stderr, pattern);
	assert.ok(r.stderr.trim().split('\n').length <= 3, `too much: ${r.stderr}`);
	await assert.rejects(stat(site.socket), { code: 'ENOENT' });
}

async function withFile(path, change, body) {
	const bytes = await readFile(path), { mode } = await stat(path);
	try {
		await change();
		await body();
	} finally {
		await rm(path, { recursive: true, force: true });
		await writeFile(path, bytes, { mode });
		await chmod(path, mode);
	}
}

test('FT16_good_settings_pass_the_check', async () => {
	const r = await site.poterne('serve', '--check-config');
	assert.equal(r.code, 0, r.stderr);
});

for (const [name, text, pattern] of [
	['unknown_key', '[site]\nnaem = x\n', /poterne\.conf:\d+: .*naem.*name/],
	['unknown_section', '[sites]\nname = x\n', /poterne\.conf:\d+: .*sites/],
	['bad_number', '[server]\nthreads = many\n', /poterne\.conf:\d+: .*threads/],
	['number_out_of_range', '[server]\nthreads = 100000\n', /poterne\.conf:\d+: .*threads/],
	['bad_url', '[site]\nurl = ftp://x/\n', /poterne\.conf:\d+: .*url/],
	['bad_zone', '[site]\ntimezone = Mars/Olympus\n', /timezone.*Mars\/Olympus/],
	['no_setting', 'just words\n', /poterne\.conf:\d+:/],
	['control_character', '[site]\nname = a\x01b\n', /poterne\.conf:\d+:/],
])
	test(`FT16_${name}_refuses_to_start`, () =>
		withFile(site.conf, () => appendFile(site.conf, `\n${text}`), () => refused(78, pattern)));

test('FT16_every_line_of_the_sample_mistyped_is_refused_or_harmless', async () => {
	const sample = (await readFile(`${root}/deploy/poterne.conf`, 'utf8')).split('\n');
	const keys = sample.map((line, i) => [line, i]).filter(([line]) => /^#\w+ = ?/.test(line) || /^\[/.test(line));
	assert.ok(keys.length > 25, 'the sample names every key');
	for (const [line, i] of keys) {
		const wrong = line.startsWith('[') ? line.replace(']', 'x]') : line.slice(1).replace(' =', 'x =');
		// A section without settings says nothing; so one is put into it.
		const text = [...sample.slice(0, i), wrong, ...(line.startsWith('[') ? ['some = thing'] : []), ...sample.slice(i + 1)].join('\n');
		await writeFile(site.in('mistyped.conf'), text);
		const r = await run(binary, ['--config', site.in('mistyped.conf'), 'serve', '--check-config'], { cwd: site.folder });
		assert.equal(r.code, 78, `${wrong}: exit ${r.code} ${r.stderr}`);
		assert.match(r.stderr, new RegExp(`mistyped\\.conf:${i + 1}: `), wrong);
	}
});

test('FT16_missing_file_and_unreadable_template_folder', async () => {
	const r = await run(binary, ['--config', site.in('nowhere.conf'), 'serve']);
	assert.equal(r.code, 78);
	assert.match(r.stderr, /nowhere\.conf/);
	await refused(78, /no-such-folder/, '--set', 'paths.templates=/no-such-folder');
	await refused(78, /--set.*SECTION\.KEY=VALUE/, '--set', 'nonsense');
});

const keyFile = async () => site.in(`keys/${(await readdir(site.in('keys'))).find((name) => name.endsWith('.key'))}`);

for (const [name, change, pattern] of [
	['lost', (f) => rm(f), /key new/],
	['empty', (f) => truncate(f), /\.key/],
	['truncated', (f) => truncate(f, 60), /\.key/],
	['open_to_others', (f) => chmod(f, 0o644), /mode 644|others/],
	['garbage', (f) => writeFile(f, 'x'.repeat(200)), /\.key/],
	['a_folder', async (f) => { await rm(f); await mkdir(f); }, /\.key/],
])
	test(`FT17_key_file_${name}_refuses_to_start`, async () => {
		const file = await keyFile();
		const before = await readdir(site.in('keys'));
		await withFile(file, () => change(file), () => refused(78, pattern));
		assert.deepEqual(await readdir(site.in('keys')), before, 'no key was made silently');
	});

test('FT17_key_folder_lost_or_open_refuses_to_start', async () => {
	await rename(site.in('keys'), site.in('keys.away'));
	await refused(78, /keys/);
	await rename(site.in('keys.away'), site.in('keys'));
	await chmod(site.in('keys'), 0o755);
	await refused(78, /chmod 700/);
	await chmod(site.in('keys'), 0o700);
});

test('FT9_database_missing_or_not_migrated_refuses_to_start', async () => {
	await refused(1, /nowhere\.db/, '--set', `paths.database=${site.in('nowhere.db')}`);
	await assert.rejects(stat(site.in('nowhere.db')), { code: 'ENOENT' });
	await run('sqlite3', [site.in('empty.db'), 'PRAGMA user_version = 0; CREATE TABLE t(x);']);
	await refused(1, /migrate/, '--set', `paths.database=${site.in('empty.db')}`);
	await copyFile(site.db, site.in('newer.db'));
	await run('sqlite3', [site.in('newer.db'), "INSERT INTO schema_migration SELECT folder, '999_later.sql', hash, applied_at, applied_by FROM schema_migration LIMIT 1;"]);
	await refused(1, /newer/, '--set', `paths.database=${site.in('newer.db')}`);
});

test('DB4_socket_path_that_is_not_ours_is_left_alone', async () => {
	const file = site.in('precious');
	await writeFile(file, 'keep me');
	const r = await site.poterne('--set', `server.socket=${file}`, 'serve');
	assert.equal(r.code, 1);
	assert.match(r.stderr, /precious.*something else/);
	assert.equal(await readFile(file, 'utf8'), 'keep me');
	const long = await site.poterne('--set', `server.socket=/tmp/${'x'.repeat(120)}`, 'serve');
	assert.equal(long.code, 78);
	assert.match(long.stderr, /107 bytes/);
});

test('FT15_second_daemon_on_the_socket_is_refused_and_a_dead_socket_taken', async () => {
	await site.startDaemon();
	assert.equal((await stat(site.socket)).mode & 0o777, 0o660);
	const second = await site.poterne('serve');
	assert.equal(second.code, 1);
	assert.match(second.stderr, /another daemon answers/);
	assert.equal((await site.fastcgi({ REQUEST_URI: '/healthz' })).status, 200, 'the first is unharmed');
	const first = site.daemon;
	site.daemon = undefined;
	await first.stop('SIGKILL');
	assert.ok((await stat(site.socket)).isSocket(), 'left behind by the kill');
	await site.startDaemon();
	await site.stopDaemon();
	await assert.rejects(stat(site.socket), { code: 'ENOENT' });
});

test('plain_CGI_answers_one_request_from_the_environment', async () => {
	const env = { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', REQUEST_URI: '/privacy', SERVER_PROTOCOL: 'HTTP/1.1', REMOTE_ADDR: '127.0.0.1' };
	const got = parseAnswer(Buffer.from((await site.poterne('serve', { env })).stdout));
	assert.equal(got.status, 200);
	assert.match(got.text, /<html lang="fr"/);
	assert.match(got.headers['content-security-policy'], /default-src 'none'/);
	const missing = parseAnswer(Buffer.from((await site.poterne('serve', { env: { ...env, REQUEST_URI: '/nothing-here' } })).stdout));
	assert.equal(missing.status, 404);
	const post = { ...env, REQUEST_METHOD: 'POST', REQUEST_URI: '/login', CONTENT_LENGTH: '3', HTTP_SEC_FETCH_SITE: 'same-origin' };
	const posted = parseAnswer(Buffer.from((await site.poterne('serve', { env: post, input: 'a=b' })).stdout));
	assert.ok([200, 422].includes(posted.status), `the form is read and answered: ${posted.status}`);
});

test('spawn_fcgi_passes_the_socket_as_descriptor_0', async (t) => {
	const path = site.in('spawn.sock');
	if ((await run('sh', ['-c', 'command -v spawn-fcgi'])).code !== 0) return t.skip('no spawn-fcgi');
	const p = new Program('spawn-fcgi', 'spawn-fcgi', ['-n', '-s', path, '--', binary, '--config', site.conf, 'serve'], { env: site.env });
	await until('the daemon answers', async () => (await fastcgi(path, { REQUEST_URI: '/healthz' })).status === 200);
	assert.equal((await p.stop()).code, 0, p.output);
	assert.ok((await stat(path)).isSocket(), 'a passed socket is not removed');
});

test('systemd_passes_the_socket_as_descriptor_3', async (t) => {
	const path = site.in('notify.sock');
	if ((await run('sh', ['-c', 'command -v systemd-socket-activate'])).code !== 0) return t.skip('no systemd-socket-activate');
	const p = new Program('activate', 'systemd-socket-activate', ['-l', path, binary, '--config', site.conf, 'serve'], { env: site.env });
	await until('the daemon answers', async () => (await fastcgi(path, { REQUEST_URI: '/healthz' })).status === 200);
	assert.equal((await p.stop()).code, 0, p.output);
});

test('DB5_the_process_is_closed_to_others', async (t) => {
	if (process.env.SANITIZED) return t.skip('sanitizers need to look in');
	await site.startDaemon();
	const limits = await readFile(`/proc/${site.daemon.pid}/limits`, 'utf8');
	assert.match(limits, /Max core file size +0 +0/);
	assert.match(await readFile(`/proc/${site.daemon.pid}/status`, 'utf8'), /NoNewPrivs:\t1/);
	assert.equal((await stat(`/proc/${site.daemon.pid}/environ`)).uid, 0, 'not dumpable: owned by root');
	await site.stopDaemon();
});
