// pauses.mjs: a subscription that rests: by the publication, and by the reader as far as the plan allows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

const article = '/innovation/paye';
const whole = (r) => /class="body paywall/.test(r.text);

test('LK17_a_pause_closes_and_resuming_opens_at_once', async () => {
	const cookie = await site.signIn('pia@example.org', { plan: 'integral', until: 'unixepoch() + 10 * 86400' });
	assert.ok(whole(await site.get(article, { cookie })));
	await site.must('subscriber', 'pause', 'pia@example.org', '--reason', 'holidays');
	await site.until('the teaser', async () => !whole(await site.get(article, { cookie })), 1500);
	const r = await site.get(article, { cookie });
	assert.match(r.text, /est en pause/);
	assert.match(r.text, /href="\/account\/access"/);
	assert.match((await site.get('/account/access', { cookie })).text, /Reprendre mon abonnement/);
	assert.match((await site.get('/account', { cookie })).text, /Votre abonnement est en pause/);
	assert.equal((await site.post('/account/access', {}, { cookie })).status, 303);
	// A pause lasts a second at least.
	await site.until('the article', async () => whole(await site.get(article, { cookie })));
	assert.deepEqual(await site.sql("SELECT count(*) AS n FROM subscription WHERE source LIKE 'pause %'"), [{ n: 1 }]);
	assert.equal((await site.poterne('subscriber', 'resume', 'pia@example.org')).code, 1);
	assert.equal((await site.poterne('subscriber', 'pause', 'nobody@example.org')).code, 1);
	assert.equal((await site.poterne('subscriber', 'pause')).code, 64);
});

const day = (n) => new Date(Date.now() + n * 86400000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' });

test('a_reader_pauses_by_the_page_within_the_plans_rule', async () => {
	const email = 'rea@example.org', at = '/account/pause';
	await site.sql("UPDATE plan SET pause_days = 0");
	const cookie = await site.signIn(email, { plan: 'integral', until: 'unixepoch() + 300 * 86400' });
	const ask = (from, until, more = {}) => site.post(at, { from, until }, { cookie, ...more });
	assert.equal((await site.get(at)).status, 303);
	assert.match((await site.get(at, { cookie })).text, /ne permet pas de nouvelle pause/);
	assert.equal((await ask(day(0), day(3))).status, 422);
	await site.sql("UPDATE plan SET pause_days = 30 WHERE slug = 'integral'");
	assert.match((await site.get('/account/access', { cookie })).text, /href="\/account\/pause"/);
	assert.match((await site.get(at, { cookie })).text, /Il vous reste 30 jours de pause/);
	for (const [from, until] of [['', ''], ['x', 'y'], [day(-1), day(3)], [day(3), day(1)], [day(400), day(401)], ['2026-02-31', day(9)], [day(1), `${day(3)} 10:00`]]) {
		const r = await ask(from, until);
		assert.equal(r.status, 422, `${from} ${until}`);
		assert.match(r.text, /Ces dates ne conviennent pas/);
	}
	assert.match((await ask(day(0), day(31))).text, /plus longue que ce que votre formule permet/);
	assert.match((await ask(day(350), day(351))).text, /ne court pas/);
	assert.equal((await ask(day(0), day(3), { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status, 403);
	assert.deepEqual(await site.sql(`SELECT count(*) AS n FROM subscription_pause p JOIN subscriber s ON s.id = p.subscriber_id WHERE s.email = '${email}'`), [{ n: 0 }]);

	// One to come, taken back; nobody else can.
	assert.equal((await ask(day(10), day(14))).status, 303);
	const page = (await site.get(at, { cookie })).text, id = /name="cancel" value="(\d+)"/.exec(page)[1];
	assert.match(page, /Il vous reste 25 jours/);
	assert.ok(whole(await site.get(article, { cookie })), 'not yet');
	assert.match((await ask(day(12), day(20))).text, /déjà prévue/);
	const other = await site.signIn('autre@example.org', { plan: 'integral' });
	assert.equal((await site.post(at, { cancel: id }, { cookie: other })).status, 404);
	assert.equal((await site.post(at, { cancel: id }, { cookie })).status, 303);
	assert.equal((await site.post(at, { cancel: id }, { cookie })).status, 404);

	// From today on: closed at once, whatever is cached; fifty of the same form make one.
	const all = await Promise.all(Array.from({ length: 50 }, () => {
		const body = new URLSearchParams({ from: day(0), until: day(3) }).toString();
		return site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: at, HTTP_COOKIE: cookie, HTTP_SEC_FETCH_SITE: 'same-origin',
			CONTENT_TYPE: 'application/x-www-form-urlencoded', CONTENT_LENGTH: String(body.length) }, body);
	}));
	assert.equal(all.filter((r) => r.status === 303).length, 1);
	assert.equal(all.filter((r) => r.status === 422).length, 49);
	assert.equal(whole(await site.get(article, { cookie })), false);
	assert.match((await site.get('/account/access', { cookie })).text, /Votre abonnement est en pause/);
	const ends = (await site.sql(`SELECT strftime('%H:%M', p.ends_at, 'unixepoch') AS t FROM subscription_pause p JOIN subscriber s ON s.id = p.subscriber_id WHERE s.email = '${email}'`))[0].t;
	assert.ok(['22:00', '23:00'].includes(ends), `midnight in Paris, not ${ends}`);
	assert.equal((await site.post('/account/access', {}, { cookie })).status, 303);
	await site.until('the article', async () => whole(await site.get(article, { cookie })));
});
