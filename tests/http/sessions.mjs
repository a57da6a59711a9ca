// sessions.mjs: what a session cookie is worth, and that a bad one is worth nothing and breaks nothing (SE).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

const CANARY = /CANARI/;
const paye = '/innovation/paye';

let site, cookie, name, token;
before(async () => {
	site = await Site.start();
	cookie = await site.signIn('member@example.org', { plan: 'integral' });
	[name, token] = [cookie.slice(0, cookie.indexOf('=')), cookie.slice(cookie.indexOf('=') + 1)];
});
after(() => site?.stop());

async function opens(header) {
	const r = await site.get(paye, { headers: { Cookie: header } });

	assert.equal(r.status, 200);
	return CANARY.test(r.text);
}

test('SE1_altered_and_foreign_tokens_are_nobody', async () => {
	assert.ok(await opens(cookie));
	const bad = ['', 'x', 'null', token.slice(0, -1), `${token}A`, token.replace('v4.local.', 'v4.public.'), token.replace('v4.local.', 'v3.local.'),
		token.replace('v4.', 'V4.'), token.slice(9), `${token}.x`, '"', '%00', 'a'.repeat(5000), token.split('.').slice(0, 3).join('.'),
		'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'];

	for (const value of bad) assert.equal(await opens(`${name}=${value}`), false, value.slice(0, 40));
	for (let i = 9; i < token.length; i += 7) {
		const other = token[i] === 'A' ? 'B' : 'A';
		assert.equal(await opens(`${name}=${token.slice(0, i)}${other}${token.slice(i + 1)}`), false, `character ${i}`);
	}
});

test('SE6_two_session_cookies_are_none', async () => {
	assert.equal(await opens(`${cookie}; ${cookie}`), false);
	assert.equal(await opens(`${name}=x; ${cookie}`), false);
	const two = await site.raw(`GET ${paye} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nCookie: ${name}=x\r\nConnection: close\r\n\r\n`);
	assert.match(two, /^HTTP\/1\.1 (200|400)/);
	assert.doesNotMatch(two, CANARY);
	assert.ok(await opens(`a=b; ${cookie}; c=d`));
	assert.equal(await opens(`${name.toLowerCase()}=${token}`), false);
});

test('SE2_a_link_is_no_session_and_a_session_no_link', async () => {
	const link = (await site.must('session', 'issue', 'member@example.org', '--link')).trim().split('/').at(-1);

	assert.equal(await opens(`${name}=${link}`), false);
	assert.equal((await site.get(`/session/${token}`)).status, 410);
});

test('SE7_expired_and_idle_sessions_end', async () => {
	const own = await site.signIn('idle@example.org', { plan: 'integral' });

	assert.ok(await opens(own));
	await site.sql(`UPDATE session SET expires_at = created_at + 1 WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'idle@example.org')`);
	await site.until('expiry', async () => !(await opens(own)));
});

test('SE3_revoked_blocked_and_erased_readers_are_nobody_within_a_second', async () => {
	const one = await site.signIn('one@example.org', { plan: 'integral' }), two = await site.signIn('two@example.org', { plan: 'integral' });
	const three = await site.signIn('three@example.org', { plan: 'integral' });

	for (const c of [one, two, three]) assert.ok(await opens(c));
	await site.must('session', 'revoke', 'one@example.org');
	await site.sql("UPDATE subscriber SET blocked_at = unixepoch() WHERE email = 'two@example.org'; UPDATE subscriber SET generation = generation + 1 WHERE email = 'three@example.org'");
	for (const c of [one, two, three]) await site.until('the teaser', async () => !(await opens(c)), 1000);
	const four = await site.signIn('four@example.org', { plan: 'integral' });
	assert.ok(await opens(four));
	await site.must('subscriber', 'erase', 'four@example.org');
	await site.until('the teaser', async () => !(await opens(four)), 1000);
});

test('SE5_SE4_link_page_shows_on_GET_and_signs_in_once_on_POST', async () => {
	const url = new URL((await site.must('session', 'issue', 'member@example.org', '--link')).trim());

	for (let i = 0; i < 5; i++) {
		const shown = await site.get(url.pathname);
		assert.equal(shown.status, 200);
		assert.match(shown.text, /<form method="post"/);
		assert.equal(shown.headers['set-cookie'], undefined);
		assert.match(shown.headers['cache-control'], /no-store/);
		assert.match(shown.headers['x-robots-tag'], /noindex/);
	}
	const posts = await Promise.all(Array.from({ length: 20 }, () => site.post(url.pathname, {})));
	const good = posts.filter((r) => r.status === 303);
	assert.equal(good.length, 1, 'LG8: exactly one session');
	for (const r of posts.filter((p) => p.status !== 303)) assert.ok([410, 503].includes(r.status), String(r.status));
	const set = good[0].headers['set-cookie'].filter((line) => line.startsWith('__Host-session='));
	assert.equal(set.length, 1);
	assert.match(set[0], /^__Host-session=v4\.local\./);
	for (const part of [/; Secure/i, /; HttpOnly/i, /; Path=\//i, /; SameSite=Lax/i, /; Max-Age=\d+/i]) assert.match(set[0], part);
	assert.doesNotMatch(set[0], /Domain/i);
	assert.ok(set[0].length <= 4096);
	assert.ok(await opens(set[0].split(';')[0]));
	assert.equal((await site.get(url.pathname)).status, 410);
});

test('SE10_cross_site_POST_is_refused', async () => {
	const link = new URL((await site.must('session', 'issue', 'member@example.org', '--link')).trim()).pathname;

	for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': '', Origin: 'null' }]) {
		const all = { 'Sec-Fetch-Site': 'same-origin', Origin: site.url, ...headers };
		for (const key of Object.keys(all)) if (all[key] === '') delete all[key];
		const r = await site.request(link, { method: 'POST', body: '', headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...all } });
		assert.equal(r.status, 403, JSON.stringify(headers));
		assert.equal(r.headers['set-cookie'], undefined);
	}
	assert.equal((await site.get(link)).status, 200, 'the link is still good');
});

test('SE8_tokens_stay_out_of_logs', async () => {
	const { readFile } = await import('node:fs/promises');

	await opens(cookie);
	const access = await readFile(site.in('access.log'), 'utf8').catch(() => '');
	for (const text of [site.log, access]) {
		assert.ok(!text.includes(token.slice(9, 60)));
		assert.doesNotMatch(text, /member@example\.org/);
		assert.doesNotMatch(text, /\b127\.0\.0\.1\b/);
	}
});

test('SE9_rotated_keys_sign_nobody_out_and_retired_ones_do', async () => {
	const before = await site.must('key', 'list', '--json');
	const old = JSON.parse(before).find((k) => k.state === 'signing').kid;

	await site.must('key', 'new');
	assert.ok(await opens(cookie));
	const fresh = await site.signIn('fresh@example.org', { plan: 'integral' });
	await site.until('the new key is taken up', () => opens(fresh));
	assert.ok(await opens(cookie));
	await site.must('key', 'retire', old);
	await site.until('the old token ends', async () => !(await opens(cookie)));
	assert.ok(await opens(fresh));
});

test('logout_ends_the_session_at_once', async () => {
	const own = await site.signIn('leaver@example.org', { plan: 'integral' });

	assert.ok(await opens(own));
	assert.equal((await site.get('/logout', { cookie: own })).status, 405, 'GET changes nothing');
	const r = await site.post('/logout', {}, { cookie: own });
	assert.equal(r.status, 303);
	assert.match(r.headers['clear-site-data'], /"cache"/);
	assert.match(r.headers['set-cookie'][0], /^__Host-session=[a-z]*; .*Max-Age=0/);
	assert.equal(await opens(own), false);
});
