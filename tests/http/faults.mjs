// faults.mjs: descriptors run out, requests break off, bodies look like protocol: the daemon answers the next one.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { BEGIN, Connection, PARAMS, STDIN, pairs, record, requestBytes } from './lib/fastcgi.mjs';
import { Program, run } from './lib/program.mjs';
import { Site, root } from './lib/site.mjs';
import { freePort, request } from './lib/http.mjs';

let site;
before(async () => { site = await Site.start({ articles: [] }); });
after(() => site?.stop());

const healthy = async () => (await site.fastcgi({ REQUEST_URI: '/healthz' })).status === 200;
const requests = async () => (await site.metrics()).requests;

// 10 KB that libfcgi would take for records if they were read as protocol.
const recordLike = (() => {
	const one = requestBytes({ REQUEST_URI: '/smuggled' }, 'x');
	return Buffer.concat(Array.from({ length: Math.ceil(10240 / one.length) }, () => one)).subarray(0, 10240);
})();

const addresses = ['/', '/healthz', '/robots.txt', '/privacy', '/login', '/logout', '/account', '/subscribe', '/newsletter', '/search',
	'/session/abcdef', '/author/la-redaction', '/tag/essais', '/innovation', '/innovation/nothing', '/nothing', '//', '/%00', '/metrics'];

for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'NONSENSE'])
	test(`NG1_record_like_bodies_count_once_${method}`, async () => {
		for (const path of addresses) {
			const before = await requests();
			const c = await Connection.open(site.socket);
			const a = await c.request({ REQUEST_METHOD: method, REQUEST_URI: path, CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_SEC_FETCH_SITE: 'same-origin' }, recordLike);
			assert.ok(a.complete && a.status >= 200, `${method} ${path}: ${a.status}`);
			// The same connection, when it was kept, is in step: the next answer is the one asked for.
			c.write(requestBytes({ REQUEST_URI: '/robots.txt' }));
			const next = await c.answer().catch(() => ({ complete: false }));
			if (next.complete) assert.match(next.text, /^User-agent/, `${method} ${path}: out of step`);
			c.close();
			// Besides: the metrics request before, and the second request if it was answered.
			assert.equal(await requests() - before, 2 + (next.complete ? 1 : 0), `${method} ${path}`);
		}
	});

test('NG1_record_like_bodies_through_nginx_count_once', async () => {
	for (const path of ['/login', '/logout', '/newsletter', '/session/abcdef', '/nothing', '/']) {
		const before = await requests();
		const r = await site.request(path, { method: 'POST', body: recordLike, headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded' } });
		assert.ok(r.status >= 200 && r.status < 500, `${path}: ${r.status}`);
		assert.equal(await requests() - before, 2, path);
	}
});

test('NG1_length_that_lies_is_refused', async () => {
	for (const length of ['5', '-1', 'abc', '99999999999999999999', '0x10', '1 2']) {
		const r = await site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: '/login', CONTENT_LENGTH: length, HTTP_SEC_FETCH_SITE: 'same-origin' }, 'a=bcdefgh');
		assert.ok([200, 303, 400, 413, 422].includes(r.status), `${length}: ${r.status}`);
	}
	assert.ok(await healthy());
});

const halves = {
	header: Buffer.from([1, BEGIN, 0]),
	begin: record(BEGIN, Buffer.from([0, 1, 1, 0, 0, 0, 0, 0])),
	params: Buffer.concat([record(BEGIN, Buffer.from([0, 1, 1, 0, 0, 0, 0, 0])), record(PARAMS, pairs({ REQUEST_URI: '/' })).subarray(0, 20)]),
	input: Buffer.concat([record(BEGIN, Buffer.from([0, 1, 1, 0, 0, 0, 0, 0])),
		record(PARAMS, pairs({ REQUEST_METHOD: 'POST', REQUEST_URI: '/login', CONTENT_LENGTH: '1000', HTTP_SEC_FETCH_SITE: 'same-origin' })), record(PARAMS), record(STDIN, Buffer.from('a=b'))]),
};

test('FT13_half_a_request_never_stays', async () => {
	for (const [name, bytes] of Object.entries(halves)) {
		const all = await Promise.all(Array.from({ length: 20 }, () => Connection.open(site.socket)));
		for (const c of all) {
			c.write(bytes);
			c.socket.end();
		}
		assert.ok(await healthy(), name);
		for (const c of all) c.close();
	}
	await site.until('their connections are closed', async () => (await site.metrics()).poterne_connections < 20);
});

test('FT13_who_stops_in_mid_request_keeps_nobody_waiting', async () => {
	const stuck = await Promise.all(Array.from({ length: 3 }, () => Connection.open(site.socket))); // of four threads
	for (const c of stuck) c.write(halves.begin);
	await site.until('their threads are relieved', async () => {
		const all = await Promise.all(Array.from({ length: 10 }, () => site.fastcgi({ REQUEST_URI: '/healthz' })));
		return all.every((r) => r.status === 200);
	});
	for (const c of stuck) c.close();
});

test('FT1_garbage_on_the_socket_harms_nobody', async () => {
	let seed = 1;
	const random = () => (seed = (seed * 48271) % 2147483647) & 255;
	for (let i = 0; i < 200; i++) {
		const bytes = Buffer.from(Array.from({ length: 8 + (i * 7) % 600 }, random));
		if (i % 2 === 0) bytes[0] = 1;
		if (i % 4 === 0) bytes[1] = 1 + (i / 4) % 11;
		const c = await Connection.open(site.socket);
		c.write(bytes);
		c.socket.end();
		await new Promise((go) => { c.socket.once('close', go); setTimeout(() => c.close(), 300); });
	}
	assert.ok(site.daemon.running, site.log);
	assert.ok(await healthy());
});

test('FT22_out_of_descriptors_the_daemon_waits_and_recovers', async () => {
	const small = await Site.start({ articles: [], nginx: false, wrap: ['prlimit', '--nofile=96'] });
	try {
		const many = [];
		for (let i = 0; i < 200; i++) many.push(net.createConnection(small.socket).on('error', () => {}));
		await small.until('accept is put off', () => /accept_pause/.test(small.log));
		for (const c of many) c.destroy();
		await small.until('answers again', async () => (await small.fastcgi({ REQUEST_URI: '/healthz' })).status === 200);
		const all = await Promise.all(Array.from({ length: 40 }, () => small.fastcgi({ REQUEST_URI: '/privacy' })));
		assert.ok(all.every((r) => r.status === 200), 'all threads work');
		assert.ok((await small.metrics()).poterne_accept_pauses_total > 0);
		assert.ok(small.log.split('\n').length < 200, 'the log is not flooded');
	} finally {
		await small.stop();
	}
});

// A stand-in for the daemon that breaks off whenever it is asked for /poison, in place of a crash.
test('FT23_poison_is_not_asked_again_and_POST_never_twice', async () => {
	const seen = { GET: 0, POST: 0 };
	const server = net.createServer((c) => {
		c.on('error', () => {});
		c.on('data', (bytes) => {
			const method = bytes.includes('POST') ? 'POST' : 'GET';
			if (bytes.includes('/poison')) {
				seen[method]++;
				c.destroy();
			} else {
				c.write(Buffer.concat([record(6, Buffer.from('Content-Type: text/plain\r\nCache-Control: no-store\r\n\r\nfine')), record(6), record(3, Buffer.alloc(8))]));
			}
		});
	});
	const folder = site.in('poisoned'), port = await freePort();
	await new Promise((go) => server.listen(site.in('poisoned.sock'), go));
	await run('sh', [`${root}/deploy/nginx/local.sh`, folder, String(port), site.in('poisoned.sock'), `${root}/static`, site.in('media')], { env: { WORKERS: '1' } });
	const nginx = new Program('nginx', 'nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr']);
	try {
		await site.until('nginx answers', async () => (await request(port, '/healthz')).status === 200);
		assert.equal((await request(port, '/poison')).status, 502);
		assert.ok(seen.GET <= 2, `GET was asked ${seen.GET} times`); // once more when the kept connection may simply have been old
		await request(port, '/healthz');
		assert.equal((await request(port, '/poison', { method: 'POST', body: 'a=b' })).status, 502);
		assert.equal(seen.POST, 1);
	} finally {
		await nginx.stop();
		server.close();
	}
});
