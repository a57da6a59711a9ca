// gift.mjs: an article given by a subscriber: opened by a form, counted without names, taken back, one article only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site, giver;
before(async () => {
	site = await Site.start({ config: { gift: { per_month: 4, readers: 3 } } });
	giver = await site.signIn('lea@example.org', { plan: 'integral' });
});
after(() => site?.stop());

const article = '/innovation/paye', other = '/innovation/compteur';
const whole = (r) => /class="body paywall/.test(r.text);
// Past nginx, which lets a client send only so many forms at once.
const send = (path, fields, { cookie, headers = {} } = {}) => {
	const body = new URLSearchParams(fields).toString();
	return site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: path, CONTENT_TYPE: 'application/x-www-form-urlencoded', CONTENT_LENGTH: String(body.length),
		HTTP_SEC_FETCH_SITE: headers['Sec-Fetch-Site'] ?? 'same-origin', ...(cookie ? { HTTP_COOKIE: cookie } : {}) }, body);
};
const look = (path, cookie) => site.fastcgi({ REQUEST_METHOD: 'GET', REQUEST_URI: path, ...(cookie ? { HTTP_COOKIE: cookie } : {}) });
const cookieOf = (r) => [r.headers['set-cookie'] ?? []].flat().find((c) => c.startsWith('__Host-meter='))?.split(';')[0];

async function give(cookie = giver, path = article) {
	const r = await send('/gift', { article: path }, { cookie });
	assert.equal(r.status, 303);
	return new URL(r.headers.location).pathname;
}
const readers = async () => (await site.sql('SELECT count(*) AS n FROM gift_read'))[0].n;
const forget = () => site.sql('DELETE FROM gift');

test('LK18_a_subscriber_gives_and_a_stranger_reads', async () => {
	assert.match((await site.get(article, { cookie: giver })).text, /action="\/gift"/);
	const link = await give();
	assert.match(link, /^\/gift\/[A-Za-z0-9_-]{43}$/);
	const mine = await site.get(link, { cookie: giver });
	assert.match(mine.text, new RegExp(`value="${site.url}${link}"`));
	const shown = await site.get(link);
	assert.equal(shown.status, 200);
	assert.match(shown.headers['cache-control'], /no-store/);
	assert.match(shown.headers['x-robots-tag'], /noindex/);
	assert.match(shown.headers['referrer-policy'], /origin/);
	assert.equal(shown.headers['set-cookie'], undefined);
	assert.doesNotMatch(shown.text, /lea@/);
	const opened = await send(link, {});
	assert.equal(opened.status, 303);
	assert.equal(opened.headers.location, `${site.url}${article}`);
	const read = await site.get(article, { cookie: cookieOf(opened) });
	assert.ok(whole(read));
	assert.match(read.text, /Un abonné vous offre cet article/);
	assert.match(read.headers['cache-control'], /private/);
	assert.equal(await readers(), 1);
	await forget();
});

test('LK18_previews_and_scanners_count_nothing', async () => {
	const link = await give();
	for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS']) await site.request(link, { method, headers: { 'User-Agent': 'Slackbot-LinkExpanding 1.0' } });
	assert.equal(await readers(), 0);
	await forget();
});

test('LK18_n_readers_and_no_more_the_same_browser_once', async () => {
	const link = await give();
	const first = cookieOf(await send(link, {}));
	const again = await Promise.all(Array.from({ length: 50 }, () => site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: link, HTTP_COOKIE: first,
		CONTENT_TYPE: 'application/x-www-form-urlencoded', CONTENT_LENGTH: '0', HTTP_SEC_FETCH_SITE: 'same-origin' }, '')));
	assert.ok(again.every((r) => r.status === 303));
	assert.equal(await readers(), 1, 'one browser is one reader');
	const all = await Promise.all(Array.from({ length: 50 }, () => site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: link,
		CONTENT_TYPE: 'application/x-www-form-urlencoded', CONTENT_LENGTH: '0', HTTP_SEC_FETCH_SITE: 'same-origin' }, '')));
	assert.equal(all.filter((r) => r.status === 303).length, 2);
	assert.equal(all.filter((r) => r.status === 410).length, 48);
	assert.equal(await readers(), 3);
	const late = await site.get(link);
	assert.equal(late.status, 410);
	assert.ok(whole(await site.get(article, { cookie: first })), 'who opened it reads on');
	await forget();
});

test('LK18_it_opens_no_other_article', async () => {
	const cookie = cookieOf(await send(await give(), {}));
	for (const path of [other, '/innovation/pro']) {
		const r = await site.get(path, { cookie });
		assert.equal(whole(r), false, path);
	}
	await forget();
});

test('LK18_guessed_altered_and_wrong_links_say_nothing', async () => {
	const link = await give();
	const bad = [link.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')), link.slice(0, -1), `${link}A`, link.toLowerCase(), '/gift/x', '/gift/%00', `${link}/x`];
	for (const path of bad) {
		if (path === link) continue;
		const r = await site.get(path);
		assert.ok([400, 404, 410].includes(r.status), `${path}: ${r.status}`);
		assert.doesNotMatch(r.text, /vous offre/);
	}
	await forget();
});

test('LK18_taken_back_closes_at_once_and_the_giver_sees_a_number_only', async () => {
	const link = await give();
	const cookie = cookieOf(await send(link, {}));
	assert.ok(whole(await site.get(article, { cookie })));
	const list = await look('/account/gifts', giver);
	assert.match(list.text, /1 sur 3/);
	const id = /name="revoke" value="(\d+)"/.exec(list.text)[1];
	const stranger = await site.signIn('ben@example.org', { plan: 'integral' });
	await send('/account/gifts', { revoke: id }, { cookie: stranger });
	assert.ok(whole(await site.get(article, { cookie })), 'not by another account');
	assert.equal((await send('/account/gifts', { revoke: id }, { cookie: giver })).status, 303);
	assert.equal(whole(await site.get(article, { cookie })), false);
	assert.equal((await site.get(link)).status, 410);
	assert.equal((await send(link, {})).status, 410);
	assert.match((await look('/account/gifts', giver)).text, /Repris/);
	await forget();
});

test('LK18_over_after_its_days', async () => {
	const link = await give();
	const cookie = cookieOf(await send(link, {}));
	await site.sql('UPDATE gift SET expires_at = unixepoch() + 1 WHERE created_at < unixepoch() + 1');
	await site.until('it is over', async () => (await site.get(link)).status === 410);
	assert.equal(whole(await site.get(article, { cookie })), false);
	await forget();
});

test('LK18_only_so_many_a_month_and_only_by_subscribers', async () => {
	for (let i = 0; i < 4; i++) assert.match(await give(), /^\/gift\//);
	assert.equal(await give(), '/account/gifts');
	assert.match((await look('/account/gifts', giver)).text, /Vous avez offert tous les articles/);
	const reader = await site.signIn('zoe@example.org');
	assert.equal(await give(reader), article);
	assert.equal(await give(undefined), '/account/gifts');
	const r = await send('/gift', { article }, {});
	assert.equal(new URL(r.headers.location).pathname, article);
	assert.equal((await site.sql('SELECT count(*) AS n FROM gift'))[0].n, 4);
	assert.equal((await send('/gift', { article }, { cookie: giver, headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' } })).status, 403);
	const guest = await look('/account/gifts');
	assert.equal(guest.status, 303);
	assert.match(guest.headers.location, /\/login\?next=\/account\/gifts$/);
	await forget();
});

test('LK18_the_secret_is_in_no_table', async () => {
	const link = await give();
	const secret = link.split('/')[2];
	const rows = JSON.stringify([await site.sql('SELECT * FROM gift'), await site.sql("SELECT * FROM change_log WHERE kind = 'gift'")]);
	assert.ok(!rows.includes(secret));
	await forget();
});
