// run.mjs: `make run` as people start it: its own port and folder, refusals that leave nothing, and an end that is one.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, post, request } from './lib/http.mjs';
import { Program, run } from './lib/program.mjs';
import { build, root } from './lib/site.mjs';
import { until } from './lib/until.mjs';

const skip = process.env.SANITIZED ? 'what it starts is tested elsewhere' : false;
let folder;
before(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'poterne run.')); });
after(async () => {
	for (const p of started.filter((one) => one.running)) {
		process.kill(-p.pid, 'SIGKILL');
		await p.ended;
	}
	await rm(folder, { recursive: true, force: true });
});

const environment = (port, place) => ({ PORT: String(port), VAR: place, BUILD: build });
const started = [];

function start(port, place) {
	const p = new Program('run.sh', 'bash', [`${root}/demo/run.sh`], { env: environment(port, place), detached: true });
	started.push(p);
	return p;
}

async function opened(p, port) {
	await until('it says that it is open', () => {
		if (!p.running) throw new Error(p.output);
		return /Ctrl-C stops everything/.test(p.stdout);
	});
	assert.equal((await request(port, '/')).status, 200);
	return p.stdout.match(/http:\/\/localhost:\d+\/session\/\S+/g);
}

// Processes that have the folder in their command line.
async function left(place) {
	const found = [];
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
		const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (line.includes(place)) found.push(`${pid} ${line.replaceAll('\0', ' ')}`);
	}
	return found;
}

async function refused(env, pattern) {
	const before = await readdir(folder);
	const r = await run('bash', [`${root}/demo/run.sh`], { env: { BUILD: build, ...env } });
	assert.equal(r.code, 1, r.stderr);
	assert.match(r.stderr, pattern);
	assert.match(r.stderr, /^make run: /m);
	assert.deepEqual(await readdir(folder), before, 'something half-made was left');
}

test('run_opens_the_demo_in_a_folder_with_spaces', { skip }, async () => {
	const place = path.join(folder, 'my var'), port = await freePort();
	let p = start(port, place);
	const links = await opened(p, port);
	assert.equal(links.length, 2);
	assert.equal((await request(port, new URL(links[0]).pathname)).status, 200);
	const used = await post(port, new URL(links[0]).pathname, {});
	assert.equal(used.status, 303);
	const cookie = used.headers['set-cookie'][0].split(';')[0];
	assert.match(cookie, /^__Host-session=v4\.local\./);
	assert.equal((await request(port, '/', { cookie })).status, 200);
	// The command line works on it from anywhere, by its settings alone.
	const issued = await run(`${build}/poterne`, ['--config', `${place}/poterne.conf`, 'session', 'issue', 'camille@exemple.fr'], { cwd: '/' });
	assert.equal(issued.code, 0, issued.stderr);
	// Nobody else may read what it made.
	for (const file of ['poterne.db', 'poterne.conf', 'keys']) {
		const mode = (await import('node:fs')).statSync(`${place}/${file}`).mode & 0o077;
		assert.equal(mode, 0, `${file} is open to others`);
	}
	// Mail stands on the screen with the code that it brings.
	assert.equal((await post(port, '/login', { email: 'camille@exemple.fr' })).status, 303);
	await until('the mail is listed', () => /Mail to .*camille@exemple\.fr.* about "\d{4} \d{4} .*" .*\.eml/.test(p.stdout));
	await run('sqlite3', [`${place}/poterne.db`, "UPDATE section SET name = 'Trouvailles' WHERE slug = 'innovation'"]);

	// Ctrl-C goes to the whole group of a terminal.
	process.kill(-p.pid, 'SIGINT');
	await p.ended;
	assert.match(p.stderr, /stopped\./);
	assert.deepEqual(await left(place), []);

	// Again, on another port: keeps the data.
	const other = await freePort();
	p = start(other, place);
	await opened(p, other);
	await until('the change shows', async () => (await request(other, '/')).text.includes('Trouvailles'));
	assert.equal((await request(other, '/', { cookie: used.headers['set-cookie'][0].split(';')[0] })).status, 200);
	const second = await run('bash', [`${root}/demo/run.sh`], { env: environment(await freePort(), place) });
	assert.equal(second.code, 1);
	assert.match(second.stderr, /another `make run` uses it/);
	assert.equal((await request(other, '/')).status, 200, 'the first goes on');

	// Killed outright, nothing of it goes on.
	process.kill(p.pid, 'SIGKILL');
	await p.ended;
	await until('all parts are gone', async () => (await left(place)).length === 0);

	// A part that is killed takes the others with it.
	p = start(other, place);
	await opened(p, other);
	const daemon = (await left(place)).find((line) => / serve /.test(`${line} `));
	process.kill(Number.parseInt(daemon, 10), 'SIGKILL');
	assert.equal((await p.ended).code, 1);
	assert.match(p.stderr, /a part has stopped by itself/);
	await until('all parts are gone', async () => (await left(place)).length === 0);
});

test('run_refuses_a_port_that_is_taken', { skip }, async () => {
	const server = net.createServer();
	await new Promise((go) => server.listen(0, '127.0.0.1', go));
	await refused({ PORT: String(server.address().port), VAR: path.join(folder, 'taken') }, /port \d+ is taken by another program/);
	server.close();
});

test('run_refuses_a_wrong_port', { skip }, async () => {
	for (const port of ['0', '65536', '80a', '-1', '999999999999999999999']) await refused({ PORT: port, VAR: path.join(folder, 'x') }, /a number from 1 to 65535/);
});

test('run_refuses_a_place_that_cannot_be', { skip }, async () => {
	const port = String(await freePort());
	await refused({ PORT: port, VAR: path.join(folder, 'no/such/folder') }, /does not exist/);
	await writeFile(path.join(folder, 'file'), '');
	await refused({ PORT: port, VAR: path.join(folder, 'file') }, /not a folder/);
	await symlink('/nowhere', path.join(folder, 'dangling'));
	await refused({ PORT: port, VAR: path.join(folder, 'dangling') }, /not a folder/);
	await refused({ PORT: port, VAR: path.join(folder, 'a;b') }, /take a name without/);
	await refused({ PORT: port, VAR: path.join(folder, 'x'.repeat(120)) }, /too long for a socket/);
});

test('run_refuses_a_folder_without_permission', { skip }, async () => {
	const root_may_not = process.getuid() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups', '--inh-caps=-all'] : [];
	const closed = path.join(folder, 'closed');
	await mkdir(closed, { mode: 0o555 });
	await chmod(folder, 0o755);
	const [file, ...args] = [...root_may_not, 'bash', `${root}/demo/run.sh`];
	for (const place of [`${closed}/var`, closed]) {
		const r = await run(file, args, { env: environment(await freePort(), place) });
		assert.equal(r.code, 1, r.stderr);
		assert.match(r.stderr, /make run: .*may (not )?write to/);
		assert.deepEqual(await readdir(closed), []);
	}
	await chmod(closed, 0o755);
});

test('run_refuses_a_full_disk', { skip: skip || (process.getuid() !== 0 && 'a small disk needs root') }, async (t) => {
	const disk = path.join(folder, 'disk');
	await mkdir(disk);
	if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'none', disk])).code !== 0) return t.skip('no mounts here');
	try {
		await refused({ PORT: String(await freePort()), VAR: path.join(disk, 'var') }, /less than 50 MB/);
		assert.deepEqual(await readdir(disk), []);
	} finally {
		await run('umount', [disk]);
	}
});

test('packages_missing_without_root_or_sudo_say_so', { skip }, async () => {
	const bin = path.join(folder, 'bin');
	await mkdir(bin);
	await writeFile(path.join(bin, 'dpkg-query'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
	await writeFile(path.join(bin, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
	for (const tool of ['sh', 'grep', 'nginx', 'node', 'npm']) {
		const where = (await run('sh', ['-c', `command -v ${tool}`])).stdout.trim();
		if (where) await symlink(where, path.join(bin, tool)).catch(() => {});
	}
	const r = await run('/bin/sh', [`${root}/deploy/packages.sh`, 'run'], { env: { PATH: bin } });
	assert.equal(r.code, 1, r.stderr);
	assert.match(r.stderr, /missing packages, and neither root nor sudo: build-essential/);
});
