// edge.mjs: what stands around the daemon: nginx with TLS as shipped, the units' sandboxes, slow clients, the log.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { freePort, request } from './lib/http.mjs';
import { Program, run } from './lib/program.mjs';
import { Site, root } from './lib/site.mjs';
import { until } from './lib/until.mjs';

let site;
before(async () => { site = await Site.start({ config: { site: { url: 'https://www.example.org' } } }); });
after(() => site?.stop());

const paid = '/innovation/paye';

// The shipped site file as it stands, on ports of its own, with a certificate made now.
async function tlsSite() {
	const folder = site.in('nginx'), plain = await freePort(), port = await freePort();
	const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
		'-subj', '/CN=www.example.org', '-keyout', `${folder}/privkey.pem`, '-out', `${folder}/fullchain.pem`]);
	assert.equal(made.code, 0, made.stderr);

	const shipped = (await fs.readFile(`${root}/deploy/nginx/poterne.conf`, 'utf8'))
		.replace(/listen \[::\]:[^\n]*\n/g, '').replaceAll('listen 80', `listen 127.0.0.1:${plain}`).replaceAll('listen 443', `listen 127.0.0.1:${port}`)
		.replaceAll('/etc/letsencrypt/live/www.example.org', folder).replace('/var/log/nginx', folder);
	const inner = (await fs.readFile(`${folder}/nginx.conf`, 'utf8'));
	const head = inner.slice(0, inner.indexOf('\tinclude snippets/poterne-http.conf')).replace('nginx.pid', 'tls.pid');
	await fs.writeFile(`${folder}/tls.conf`, `${head}${shipped}}\n`);
	const nginx = new Program('nginx', 'nginx', ['-p', folder, '-c', `${folder}/tls.conf`, '-e', 'stderr']);
	await until('nginx answers', async () => {
		if (!nginx.running) throw new Error(nginx.output);
		return await request(plain, '/', { headers: { Host: 'www.example.org' } });
	});
	return { nginx, plain, port };
}

// The first bytes of the answer to one request over TLS, or the error's code.
function over(port, servername, options = {}) {
	return new Promise((resolve) => {
		let text = '';
		const socket = tls.connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false, ...options }, () => {
			socket.write(`GET ${paid} HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
		});
		socket.setEncoding('latin1');
		socket.on('data', (part) => { text += part; });
		socket.on('error', (error) => resolve(error.code));
		socket.on('end', () => resolve(text));
	});
}

test('NG8_LG10_TLS_from_1_2_on_no_versions_told_strangers_not_answered', async () => {
	const { nginx, plain, port } = await tlsSite();

	try {
		const answer = await over(port, 'www.example.org');
		const head = answer.slice(0, answer.indexOf('\r\n\r\n') + 2);
		assert.match(head, /^HTTP\/1\.1 200 /);
		assert.match(head, /\r\nStrict-Transport-Security: max-age=\d{8,}; includeSubDomains\r\n/i);
		assert.match(head, /\r\nServer: nginx\r\n/);
		assert.doesNotMatch(answer, /CANARI/);
		assert.match(await over(port, 'www.example.org', { maxVersion: 'TLSv1.2' }), /^HTTP\/1\.1 200 /);
		for (const old of ['TLSv1', 'TLSv1.1'])
			assert.match(await over(port, 'www.example.org', { minVersion: old, maxVersion: old, ciphers: 'ALL:@SECLEVEL=0' }), /^E/, old);
		assert.match(await over(port, 'evil.example'), /^E/);
		const moved = await request(plain, '/innovation?x=1', { headers: { Host: 'www.example.org' } });
		assert.equal(moved.status, 301);
		assert.equal(moved.headers.location, 'https://www.example.org/innovation?x=1');
		await assert.rejects(request(plain, '/', { headers: { Host: 'evil.example' } }));
	} finally {
		await nginx.stop('SIGTERM');
	}
});

test('DB6_units_leave_little_to_whoever_breaks_in', async (t) => {
	for (const unit of ['poterne', 'poterne-worker', 'poterne-backup', 'poterne-networks']) {
		const r = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', `${root}/deploy/systemd/${unit}.service`]);
		const level = /exposure level for \S+: ([\d.]+)/.exec(r.stdout)?.[1];

		if (level === undefined) return t.skip('systemd-analyze is not here');
		assert.ok(Number(level) <= 2, `${unit}: ${level}`);
	}
});

test('NG6_readers_are_answered_while_slow_clients_hold_on', async () => {
	const cookie = await site.signIn('membre@example.org', { plan: 'integral' });
	const slow = [];

	// From forty addresses, ten from each; half of them never end their request line, half never end their form.
	for (let i = 0; i < 400; i++) {
		const socket = net.createConnection({ port: site.port, host: '127.0.0.1', localAddress: `127.0.1.${1 + i % 40}` });
		socket.on('error', () => {});
		socket.write(i % 2 ? 'GET /innovation/pa' : 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\nemail=');
		slow.push(socket);
	}
	try {
		for (let i = 0; i < 50; i++) {
			assert.match((await site.get(paid, { cookie })).text, /CANARI/);
			assert.equal((await site.get(`${paid}?n=${i}`)).status, 200);
		}
		assert.ok(slow.filter((socket) => !socket.destroyed).length > 300, 'they hold on all the while');
	} finally {
		for (const socket of slow) socket.destroy();
	}
});

test('DB3_what_a_client_sends_ends_no_line_of_the_log', async () => {
	const before = site.log.length;

	for (const bytes of ['\r\nevent=forged', '\x1b[2J', '\x85event=forged', '%0d%0aevent=forged', '\xff\xfe']) {
		await site.fastcgi({ REQUEST_URI: `/${bytes}`, HTTP_USER_AGENT: bytes, HTTP_COOKIE: `__Host-session=${bytes}`, HTTP_REFERER: bytes });
		await site.fastcgi({ REQUEST_URI: '/login', REQUEST_METHOD: 'POST', CONTENT_TYPE: 'application/x-www-form-urlencoded' }, `email=${bytes}`);
	}
	const added = site.log.slice(before);
	assert.doesNotMatch(added, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
	assert.doesNotMatch(added, /^(<\d>)?event=forged/m);
});

test('LK19_DB5_files_are_the_owners_and_failures_tell_nothing', async () => {
	for (const name of ['poterne.db', 'poterne.db-wal', 'poterne.db-shm']) {
		const stat = await fs.stat(site.in(name)).catch(() => undefined);
		if (stat) assert.equal(stat.mode & 0o077, 0, `${name} is for its owner only`);
	}
	for (const name of await fs.readdir(site.in('keys'))) assert.equal((await fs.stat(site.in(`keys/${name}`))).mode & 0o077, 0, name);
	const cookie = await site.signIn('autre@example.org', { plan: 'integral' });
	await site.get(paid, { cookie });
	assert.doesNotMatch(site.log, /CANARI/);
	assert.doesNotMatch(await fs.readFile(site.in('access.log'), 'utf8'), /CANARI|v4\.local\./);
});
