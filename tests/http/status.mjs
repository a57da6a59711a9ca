// status.mjs: what every answer bears, whoever gives it: security headers and Cache-Control on every status, the daemon's
// and nginx's own; static pages while the daemon is away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseAnswer } from './lib/fastcgi.mjs';
import { Site } from './lib/site.mjs';

let site;
before(async () => { site = await Site.start({ articles: [] }); });
after(() => site?.stop());

const plain = { 'x-content-type-options': /^nosniff$/, 'referrer-policy': /^strict-origin$/,
	'permissions-policy': /camera=\(\)/, 'cross-origin-opener-policy': /^same-origin$/, 'cache-control': /./ };
const policy = ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"];

function checkHeaders(r, what) {
	const names = r.rawHeaders?.filter((_, i) => i % 2 === 0).map((n) => n.toLowerCase()) ?? Object.keys(r.headers);

	for (const [name, pattern] of Object.entries(plain)) assert.match(r.headers[name] ?? '(none)', pattern, `${what}: ${name}`);
	for (const part of policy) assert.ok((r.headers['content-security-policy'] ?? '').includes(part), `${what}: CSP lacks ${part}`);
	assert.doesNotMatch(r.headers['content-security-policy'], /unsafe|https?:|\*/, `${what}: CSP`);
	assert.equal(new Set(names).size, names.length, `${what}: a header twice: ${names}`);
	assert.equal(r.headers.server ?? 'nginx', 'nginx', `${what}: version told`);
	assert.equal(r.headers['x-powered-by'], undefined);
}

const asked = [
	['200', '/', {}],
	['200', '/healthz', {}],
	['200', '/metrics', {}],
	['200', '/static/poterne.css', {}],
	['204', '/', { method: 'OPTIONS' }],
	['301', '//privacy', {}],
	['400', '/%00', {}],
	['400', '/%ff', {}],
	['403', '/login', { method: 'POST', body: 'a=b', headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' } }],
	['404', '/nothing-here', {}],
	['404', '/static/nothing-here', {}],
	['404', '/media/nothing-here.png', {}],
	['405', '/', { method: 'DELETE' }],
	['405', '/', { method: 'TRACE' }],
	['405', '/static/poterne.css', { method: 'POST', body: 'x' }],
	['413', '/login', { method: 'POST', body: 'x'.repeat(20000), headers: { 'Sec-Fetch-Site': 'same-origin' } }],
	['413', '/', { method: 'POST', body: 'x'.repeat(400000) }],
	['414', `/${'a'.repeat(9000)}`, {}],
	['200', '/static/logo.svg', { method: 'HEAD' }],
	['404', '/static/error/502.html', {}],
	['404', '/static../deploy/packages.sh', {}],
];

for (const [status, path, options] of asked)
	test(`SE11_headers_on_${status}_${options.method ?? 'GET'}_${path.slice(0, 24)}`, async () => {
		const r = await site.get(path, options);
		assert.equal(String(r.status), status);
		checkHeaders(r, `${status} ${path.slice(0, 24)}`);
		if (r.status >= 400) assert.doesNotMatch(r.headers['cache-control'], /immutable/);
		if (r.status >= 400 && options.method !== 'HEAD') assert.match(r.text, /<h1|^\S/);
	});

// What node's client would not send.
const raw = [
	['400', 'GET / HTTP/1.1\r\n\r\n', 'no_Host'],
	['400', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'two_Hosts'],
	['400', 'BLAH\r\n\r\n', 'no_request'],
	['400', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'two_lengths'],
	['400', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(40000)}\r\n\r\n`, 'long_header'],
	['501', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'odd_coding'],
	['505', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n', 'odd_version'],
];

for (const [status, bytes, name] of raw)
	test(`SE11_headers_on_${status}_of_nginx_${name}`, async () => {
		const text = await site.raw(bytes.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
		assert.equal(text.slice(9, 12), status, text.slice(0, 200));
		checkHeaders(parseAnswer(Buffer.from(text.replace(/^[^\r]*\r\n/, ''), 'latin1')), name);
	});

test('SE11_headers_on_304', async () => {
	const first = await site.get('/privacy');
	const r = await site.get('/privacy', { headers: { 'If-None-Match': first.headers.etag } });
	assert.equal(r.status, 304);
	assert.equal(r.body.length, 0);
	checkHeaders(r, '304');
});

test('SE11_headers_on_429', async () => {
	const limited = await site.until('a 429 among 60 at once', async () =>
		(await Promise.all(Array.from({ length: 60 }, () => site.get('/login')))).find((r) => r.status === 429));
	checkHeaders(limited, '429');
	assert.equal(limited.headers['cache-control'], 'no-store');
	assert.equal(limited.headers['retry-after'], '5');
	assert.equal((await site.get('/')).status, 200, 'reading goes on');
});

test('healthz_answers_ok', async () => {
	const r = await site.get('/healthz');
	assert.equal(r.status, 200);
	assert.equal(r.text, 'ok\n');
});

test('NG10_daemon_away_gives_a_static_page', async () => {
	await site.stopDaemon();
	const r = await site.get('/legal');
	assert.equal(r.status, 502);
	assert.match(r.headers['content-type'], /^text\/html/);
	assert.match(r.text, /Le site fait une courte pause/);
	assert.equal(r.headers['cache-control'], 'no-store');
	assert.equal(r.headers['retry-after'], '5');
	checkHeaders(r, '502');
	assert.equal((await site.get('/static/poterne.css')).status, 200);
	await site.startDaemon();
	await site.until('the page is back', async () => (await site.get('/legal')).status === 200);
});
