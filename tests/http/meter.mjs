// meter.mjs: free reads: spent by a form, counted once, free to read again, gone with the month.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site;
before(async () => {
	site = await Site.start({ config: { meter: { free_reads: 2, anonymous_reads: 2, network_reads: 200 } } });
	// More metered articles, made of the one in the fixture.
	await site.sql(['un', 'deux', 'trois'].map((slug) => `INSERT INTO article (slug, section_id, title, access, published_at)
		SELECT '${slug}', section_id, title || ' ${slug}', 'metered', published_at FROM article WHERE slug = 'compteur';
		INSERT INTO article_body (article_id, markdown) SELECT n.id, b.markdown FROM article n, article o JOIN article_body b ON b.article_id = o.id
		WHERE n.slug = '${slug}' AND o.slug = 'compteur';`).join('\n'));
	await site.until('the articles are there', async () => (await site.get('/innovation/trois')).status === 200);
});
after(() => site?.stop());

const path = (slug) => `/innovation/${slug}`;
const offer = /action="\/free-read"/;
const whole = (r) => !/class="body teaser/.test(r.text) && /class="body paywall/.test(r.text);
const cookieOf = (r) => r.headers['set-cookie']?.find((c) => c.startsWith('__Host-meter='))?.split(';')[0];
const spend = (slug, cookie) => site.post('/free-read', { article: path(slug) }, { cookie });
// Past nginx, which lets a client send only so many forms at once.
const spendPast = (slug, cookie) => {
	const body = `article=${encodeURIComponent(path(slug))}`;
	return site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: '/free-read', HTTP_COOKIE: cookie, CONTENT_TYPE: 'application/x-www-form-urlencoded',
		CONTENT_LENGTH: String(body.length), HTTP_SEC_FETCH_SITE: 'same-origin', REMOTE_ADDR: '198.51.100.7' }, body);
};

test('F3_the_teaser_is_shown_to_everyone_with_the_offer', async () => {
	const r = await site.get(path('un'));
	assert.equal(r.status, 200);
	assert.equal(whole(r), false);
	assert.match(r.text, offer);
	assert.match(r.text, /Il vous reste 2 lectures/);
	assert.match(r.headers['cache-control'], /public/);
	assert.equal(r.headers['set-cookie'], undefined);
	assert.doesNotMatch((await site.get('/innovation/paye')).text, offer);
});

test('F5_a_stranger_spends_one_and_reads_again_for_nothing', async () => {
	const spent = await spend('un');
	assert.equal(spent.status, 303);
	assert.equal(spent.headers.location, `${site.url}${path('un')}`);
	const cookie = cookieOf(spent);
	assert.match(cookie, /^__Host-meter=v4\.local\./);
	assert.match(spent.headers['set-cookie'][0], /HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/);
	for (let i = 0; i < 3; i++) {
		const r = await site.get(path('un'), { cookie });
		assert.ok(whole(r));
		assert.match(r.text, /Il vous en reste une ce mois-ci/);
		assert.match(r.headers['cache-control'], /private/);
		assert.equal(r.headers['set-cookie'], undefined);
	}
	assert.match((await site.get(path('deux'), { cookie })).text, /dernière lecture offerte/);
	assert.equal(cookieOf(await spend('un', cookie)), undefined, 'reading again spends nothing');
	const two = cookieOf(await spend('deux', cookie));
	const used = await site.get(path('trois'), { cookie: two });
	assert.equal(whole(used), false, 'F3: the teaser also when all are used');
	assert.doesNotMatch(used.text, offer);
	assert.match(used.text, /sont épuisées/);
	assert.equal(cookieOf(await spend('trois', two)), undefined);
	assert.ok(whole(await site.get(path('un'), { cookie: two })));
});

test('LK15_get_head_and_feeds_spend_and_set_nothing', async () => {
	const before = await site.sql('SELECT coalesce(sum(reads), 0) AS n FROM free_read_network');
	for (const where of [path('un'), '/free-read', '/feed.atom', '/innovation'])
		for (const method of ['GET', 'HEAD']) {
			const r = await site.request(where, { method, headers: { Purpose: 'prefetch', 'Sec-Purpose': 'prefetch' } });
			assert.equal(r.headers['set-cookie'], undefined);
			if (where === '/free-read') assert.equal(r.status, 405);
		}
	assert.deepEqual(await site.sql('SELECT coalesce(sum(reads), 0) AS n FROM free_read_network'), before);
});

test('LK15_a_network_has_a_soft_limit_whatever_becomes_of_cookies', async () => {
	await site.sql(`DELETE FROM free_read_network`);
	const first = await spend('un');
	assert.ok(cookieOf(first));
	await site.sql('UPDATE free_read_network SET reads = 200');
	const refused = await spend('un');
	assert.equal(refused.status, 303);
	const r = await site.get(path('un'), { cookie: cookieOf(refused) });
	assert.equal(whole(r), false);
	assert.match(r.text, /sont épuisées/);
	assert.doesNotMatch(r.text, offer);
	const rows = await site.sql('SELECT network, reads FROM free_read_network');
	assert.equal(rows.length, 1);
	assert.match(rows[0].network, /^[0-9a-f]{64}$/);
	assert.equal(rows[0].reads, 200);
	await site.sql('DELETE FROM free_read_network');
});

test('F5_fifty_requests_with_one_credit_of_a_card_have_one_effect', async () => {
	const cookie = cookieOf(await spend('un'));
	const before = (await site.sql('SELECT sum(reads) AS n FROM free_read_network'))[0].n;
	const all = await Promise.all(Array.from({ length: 50 }, (_, i) => spendPast(['deux', 'trois'][i % 2], cookie)));
	assert.ok(all.every((r) => r.status === 303), String(all.map((r) => r.status)));
	const network = await site.sql('SELECT sum(reads) AS n FROM free_read_network');
	assert.equal(network[0].n, before + 1);
	const opened = new Set();
	for (const r of all.filter((x) => cookieOf(x)))
		for (const slug of ['deux', 'trois']) if (whole(await site.get(path(slug), { cookie: cookieOf(r) }))) opened.add(slug);
	assert.equal(opened.size, 1, 'one article, not two');
});

test('F5_fifty_requests_of_an_account_have_one_effect', async () => {
	const cookie = await site.signIn('lea@example.org');
	const all = await Promise.all(Array.from({ length: 50 }, () => spendPast('un', cookie)));
	assert.ok(all.every((r) => r.status === 303));
	assert.deepEqual(await site.sql('SELECT count(*) AS n FROM free_read'), [{ n: 1 }]);
	assert.ok(whole(await site.get(path('un'), { cookie })), 'at once');
	assert.equal(cookieOf(all[0]), undefined, 'an account needs no second cookie');
	await Promise.all(['deux', 'trois', 'compteur', 'deux', 'trois', 'compteur'].map((slug) => spendPast(slug, cookie)));
	assert.deepEqual(await site.sql('SELECT count(*) AS n FROM free_read'), [{ n: 2 }]);
});

test('F1_a_new_month_begins_anew', async () => {
	const cookie = await site.signIn('max@example.org');
	await spend('un', cookie);
	assert.ok(whole(await site.get(path('un'), { cookie })));
	await site.sql("UPDATE free_read SET month = '2024-02' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'max@example.org');"
		+ "INSERT INTO change_log (kind, ref, detail) SELECT 'subscriber', id, 'access' FROM subscriber");
	await site.until('the teaser again', async () => !whole(await site.get(path('un'), { cookie })));
	assert.match((await site.get(path('un'), { cookie })).text, /Il vous reste 2 lectures/);
});

test('LK15_forged_other_and_doubled_cookies_are_no_cookie', async () => {
	const good = cookieOf(await spend('un'));
	const session = (await site.signIn('zoe@example.org')).replace('__Host-session', '__Host-meter');
	for (const cookie of [`${good}x`, good.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')), '__Host-meter=', '__Host-meter=v4.local.AAAA', `${good}; ${good}`, session]) {
		const r = await site.get(path('un'), { cookie });
		assert.equal(r.status, 200);
		assert.equal(whole(r), false, cookie);
		assert.match(r.headers['cache-control'], /private/);
	}
});

test('F4_a_registration_wall_counts_as_a_wall', async () => {
	const before = await site.metrics();
	const slug = (await site.sql("SELECT slug FROM article WHERE access = 'registered'"))[0].slug;
	const section = (await site.sql(`SELECT s.slug FROM section s JOIN article a ON a.section_id = s.id WHERE a.slug = '${slug}'`))[0].slug;
	await site.get(`/${section}/${slug}?x=1`);
	const key = Object.keys(before).find((k) => /decisions.*teaser/.test(k));
	assert.ok(key);
	assert.ok((await site.metrics())[key] > before[key]);
});

test('SE10_another_site_cannot_spend', async () => {
	const r = await site.post('/free-read', { article: path('un') }, { headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' } });
	assert.equal(r.status, 403);
	assert.equal(r.headers['set-cookie'], undefined);
	for (const article of ['', 'x', '/', '//evil.example/x', 'https://evil.example/', '/innovation/../account', '/innovation/un/x'])
		assert.ok([400, 404].includes((await site.post('/free-read', { article })).status), article);
	const paid = await site.post('/free-read', { article: '/innovation/paye' });
	assert.equal(paid.status, 303);
	assert.equal(paid.headers['set-cookie'], undefined, 'only metered articles are sold for free reads');
});

test('LK10_what_a_card_opened_is_not_kept_for_strangers', async () => {
	const cookie = cookieOf(await spend('deux'));
	for (let i = 0; i < 40; i++) {
		assert.ok(whole(await site.get(path('deux'), { cookie })));
		assert.equal(whole(await site.get(path('deux'))), false);
	}
});

test('AU8_the_cookie_ends_with_the_month_and_says_nothing', async () => {
	const r = await spend('un');
	const age = Number(/Max-Age=(\d+)/.exec(r.headers['set-cookie'][0])[1]);
	assert.ok(age > 0 && age <= 31 * 86400 + 3600);
	assert.doesNotMatch(Buffer.from(cookieOf(r).split('v4.local.')[1], 'base64url').toString('latin1'), /innovation|compteur/);
	assert.match((await site.get('/privacy')).text, /__Host-meter/);
});
