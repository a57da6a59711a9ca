// mailcheck.mjs: what poterne mailcheck finds at a domain, asked of a DNS server of our own (U14).
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { freePort } from './lib/http.mjs';
import { Site } from './lib/site.mjs';

// name → { TXT: ['…'], MX: ['…'] }
let zone = {}, site, server, stream;

function encodeName(name) {
	return Buffer.concat([...name.split('.').filter(Boolean).map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from([0])]);
}

// RFC 1035: one question, its answers; a text longer than a string may be goes in several.
function answer(query) {
	let at = 12;
	const labels = [];

	while (query[at] !== 0) { labels.push(query.subarray(at + 1, at + 1 + query[at]).toString()); at += query[at] + 1; }
	const type = { 16: 'TXT', 15: 'MX' }[query.readUInt16BE(at + 1)], question = query.subarray(12, at + 5), name = labels.join('.').toLowerCase();
	const records = (zone[name]?.[type] ?? []).map((value) => {
		const data = type === 'MX' ? Buffer.concat([Buffer.from([0, 10]), encodeName(value)])
			: Buffer.concat((value.match(/.{1,200}/g) ?? []).map((s) => Buffer.concat([Buffer.from([s.length]), Buffer.from(s)])));
		const head = Buffer.alloc(12);
		head.writeUInt16BE(0xc00c, 0);
		head.writeUInt16BE(type === 'MX' ? 15 : 16, 2);
		head.writeUInt16BE(1, 4);
		head.writeUInt32BE(60, 6);
		head.writeUInt16BE(data.length, 10);
		return Buffer.concat([head, data]);
	});
	const head = Buffer.alloc(12);
	query.copy(head, 0, 0, 2);
	head.writeUInt16BE(zone[name] ? 0x8180 : 0x8183, 2);
	head.writeUInt16BE(1, 4);
	head.writeUInt16BE(records.length, 6);
	return Buffer.concat([head, question, ...records]);
}

// RFC 1035, 4.2: what is long for a datagram is marked as cut, and asked for again through TCP.
function datagram(query) {
	const whole = answer(query);

	if (whole.length > 512) {
		whole[2] |= 2;
		whole.writeUInt16BE(0, 6);
	}
	return whole.length > 512 ? whole.subarray(0, query.length) : whole;
}

before(async () => {
	const port = await freePort();
	server = dgram.createSocket('udp4');
	server.on('message', (query, from) => server.send(datagram(query), from.port, from.address));
	await new Promise((go, fail) => { server.on('error', fail).bind(port, '127.0.0.1', go); });
	stream = net.createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => {
		const whole = answer(bytes.subarray(2)), length = Buffer.alloc(2);

		length.writeUInt16BE(whole.length);
		socket.write(Buffer.concat([length, whole]));
	}));
	await new Promise((go, fail) => { stream.on('error', fail).listen(port, '127.0.0.1', go); });
	site = await Site.start({ serve: false, articles: [], config: { site: { url: 'https://leperron.example' },
		mail: { from: 'redaction@lettre.leperron.example', dkim_selector: 'k1', transport: 'smtp' } } });
});
after(async () => {
	server?.close();
	stream?.close();
	await site?.stop();
});

async function check(...args) {
	const r = await site.poterne('--json', 'mailcheck', '--dns', `127.0.0.1:${server.address().port}`, ...args);

	assert.equal(r.stderr, '');
	return { code: r.code, ...Object.fromEntries(JSON.parse(r.stdout).map((row) => [row.check, row.result])) };
}

test('U14_what_providers_ask_for_is_looked_up', async () => {
	zone = {
		'lettre.leperron.example': { TXT: ['something=else', 'v=spf1 mx -all'], MX: ['mx.leperron.example'] },
		'k1._domainkey.lettre.leperron.example': { TXT: [`v=DKIM1; k=rsa; p=${'A'.repeat(392)}`] },
		'_dmarc.leperron.example': { TXT: ['v=DMARC1; p=quarantine; rua=mailto:dmarc@leperron.example'] },
	};
	assert.deepEqual(await check(), { code: 0, spf: 'good', dkim: 'good', dmarc: 'good', replies: 'good', 'one-click': 'good', transport: 'good' });
	assert.equal((await check('--selector', 'k2')).dkim, 'BAD');
});

test('U14_what_is_missing_is_said', async () => {
	zone = { 'lettre.leperron.example': { TXT: ['v=spf1 +all'] }, 'ailleurs.example': { MX: [''] } };
	assert.deepEqual(await check(), { code: 1, spf: 'BAD', dkim: 'BAD', dmarc: 'BAD', replies: 'BAD', 'one-click': 'good', transport: 'good' });
	assert.equal((await check('ailleurs.example')).replies, 'BAD');
	const wrong = await site.poterne('mailcheck', '--dns', 'ici');
	assert.equal(wrong.code, 1);
	assert.match(wrong.stderr, /192\.0\.2\.53/);
});

test('U14_an_answer_as_long_as_DNS_allows_is_read_whole', async () => {
	const good = 'v=spf1 mx -all';

	zone = { 'lettre.leperron.example': { TXT: [...Array.from({ length: 28 }, (_, i) => `other=${i} ${'x'.repeat(1900)}`), good], MX: ['mx.leperron.example'] } };
	assert.equal((await check()).spf, 'good');
});
