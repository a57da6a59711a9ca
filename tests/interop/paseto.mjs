// paseto.mjs: paseto-ts and our code read each other's tokens, and refuse the same wrong ones.
// Usage: node tests/interop/paseto.mjs BUILD/interop/peer; prints TAP.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { blake2b } from './blake2b.mjs';
import { decrypt, encrypt, generateKeys, sign, verify } from 'paseto-ts/v4';

const peer = spawn(process.argv[2] ?? 'build/interop/peer', { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

async function ask(...words) {
	peer.stdin.write(words.join('\t') + '\n');
	const { value, done } = await answers.next();
	if (done) throw new Error('the peer has ended');
	return value;
}

let ran = 0, failed = 0;

async function test(name, body) {
	try {
		await body();
		console.log(`ok ${++ran} - ${name}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${++ran} - ${name}\n# ${error.message}`);
	}
}

function same(got, want) {
	if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${JSON.stringify(got)} is not ${JSON.stringify(want)}`);
}

async function refuses(body) {
	let opened;
	try {
		opened = await body();
	} catch {
		return;
	}
	throw new Error(`opened: ${JSON.stringify(opened)}`);
}

const site = 'https://lagazette.example';
const implicit = `poterne:session:${site}`;
const plain = { addExp: false, addIat: false };
const payloads = [
	{ sid: 7, sub: '12', iat: '2026-01-01T00:00:00Z', exp: '2099-01-01T00:00:00Z' },
	{ text: 'é « 日本 » 🙂', n: 0 },
	{ long: 'x'.repeat(1500) },
	{},
];
const footers = ['', '{"kid":"k4.lid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk"}', 'not JSON'];
const implicits = ['', implicit];

for (const payload of payloads) for (const footer of footers) for (const assertion of implicits) {
	const text = JSON.stringify(payload), name = `${text.slice(0, 20)} ${footer.slice(0, 8)} ${assertion.slice(0, 9)}`;
	const options = { ...plain, footer, assertion };

	await test(`SE1 v4.local from them ${name}`, async () => {
		const key = generateKeys('local');
		const token = await encrypt(key, payload, options);
		same(await ask('open', key, token, assertion), text);
		same(await ask('open', key, token, assertion + 'x'), 'refused');
		same(await ask('open', generateKeys('local'), token, assertion), 'refused');
	});
	await test(`SE1 v4.local from us ${name}`, async () => {
		const key = generateKeys('local');
		const token = await ask('seal', key, text, footer, assertion);
		same((await decrypt(key, token, { assertion, validatePayload: false })).payload, payload);
		await refuses(() => decrypt(key, token, { assertion: assertion + 'x' }));
	});
	await test(`SE1 v4.public from them ${name}`, async () => {
		const { secretKey, publicKey } = generateKeys('public');
		const token = await sign(secretKey, payload, options);
		same(await ask('verify', publicKey, token, assertion), text);
		same(await ask('verify', publicKey, token, assertion + 'x'), 'refused');
	});
	await test(`SE1 v4.public from us ${name}`, async () => {
		const { secretKey, publicKey } = generateKeys('public');
		const token = await ask('sign', secretKey, text, footer, assertion);
		same((await verify(publicKey, token, { assertion, validatePayload: false })).payload, payload);
		await refuses(() => verify(publicKey, token, { assertion: assertion + 'x' }));
	});
}

// A key folder as the documentation describes it, and session tokens both ways: whoever has the key file can
// derive the session key (keyed BLAKE2b of the purpose) and speak with the daemon.
const folder = mkdtempSync(`${tmpdir()}/interop.`);
const root = generateKeys('local'), kid = await ask('id', root);
const raw = Buffer.from(root.slice('k4.local.'.length), 'base64url');
const derive = (purpose) => 'k4.local.' + Buffer.from(blake2b(raw, purpose)).toString('base64url');
mkdirSync(`${folder}/keys`, { mode: 0o700 });
writeFileSync(`${folder}/keys/${kid}.key`, `poterne key 1\nkid ${kid}\ncreated 2026-01-01T00:00:00Z\nkey ${root}\n`, { mode: 0o600 });

const session = (token, where = site) => ask('session', `${folder}/keys`, where, token);
const theirs = (claims, options = {}, purpose = 'session') =>
	encrypt(derive(purpose), claims, { ...plain, footer: { kid }, assertion: implicit, validatePayload: false, ...options });
const [good] = payloads;

await test('SE1 session token from them', async () => same(await session(await theirs(good)), 'good 7 12'));
await test('SE1 session token from us', async () => {
	const token = await ask('issue', `${folder}/keys`, site, JSON.stringify(good));
	const read = await decrypt(derive('session'), token, { assertion: implicit });
	same(read.payload, good);
	same(read.footer, { kid });
});
await test('SE2 another site', async () => same(await session(await theirs(good), site + 'x'), 'forged 0 0'));
await test('SE2 another purpose', async () => {
	same(await session(await theirs(good, {}, 'gift')), 'forged 0 0');
	same(await session(await theirs(good, { assertion: `poterne:gift:${site}` })), 'forged 0 0');
});
await test('SE7 expired, early', async () => {
	same(await session(await theirs({ ...good, exp: '2026-01-01T00:00:00Z' })), 'expired 0 0');
	same(await session(await theirs({ ...good, iat: '2098-01-01T00:00:00Z' })), 'early 0 0');
});
await test('SE9 unknown key, no key', async () => {
	same(await session(await theirs(good, { footer: { kid: kid.slice(0, -4) + 'AAAA' } })), 'unknown_key 0 0');
	same(await session(await theirs(good, { footer: '' })), 'malformed 0 0');
	same(await session(await theirs(good, { footer: { kid, wpk: 'x' } })), 'malformed 0 0');
});
await test('SE1 other claims', async () => {
	same(await session(await theirs({ ...good, sid: '7' })), 'claims 0 0');
	same(await session(await theirs({ sid: 7, sub: '12' })), 'claims 0 0');
	same(await session(await theirs({ ...good, sub: '12 ' })), 'claims 0 0');
	same(await session(await theirs({ ...good, exp: 4070908800 })), 'claims 0 0');
});

peer.stdin.end();
rmSync(folder, { recursive: true });
console.log(`1..${ran}`);
process.exitCode = failed === 0 ? 0 : 1;
