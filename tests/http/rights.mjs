// rights.mjs: limits of devices, plans to subscribe to, and the decision explained on the page and the command line.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

const article = '/innovation/paye';
const whole = (r) => /class="body paywall/.test(r.text);

test('devices_beyond_the_limit_wait_and_nobody_is_cut_off', async () => {
	const first = await site.signIn('duo@example.org', { plan: 'integral' });
	const second = await site.signIn('duo@example.org'), third = await site.signIn('duo@example.org');
	await site.sql("UPDATE plan SET devices = 2 WHERE slug = 'integral'");
	await site.until('the limit is known', async () => {
		const all = await Promise.all([first, second, third].map((cookie) => site.get('/innovation/compteur', { cookie })));
		return all.some((r) => /lisez déjà ailleurs/.test(r.text));
	});
	const open = [];
	for (const cookie of [first, second, third]) open.push(whole(await site.get(article, { cookie })));
	assert.equal(open.filter(Boolean).length, 2);
	for (const [i, cookie] of [first, second, third].entries())
		for (let n = 0; n < 3; n++) assert.equal(whole(await site.get(article, { cookie })), open[i], 'who reads goes on reading');
	// A restart forgets who came first; who has the article open goes on all the same, whoever asks before.
	const before = Math.floor(Date.now() / 1000);
	await site.until('another second', () => Math.floor(Date.now() / 1000) > before);
	await site.restart();
	const late = await site.signIn('duo@example.org'), later = await site.signIn('duo@example.org');
	for (const cookie of [late, later]) await site.get('/innovation/compteur', { cookie });
	for (const [i, cookie] of [first, second, third].entries())
		if (open[i]) assert.ok(whole(await site.get(article, { cookie })), 'not cut off by a restart');
	await site.sql("UPDATE plan SET devices = 0 WHERE slug = 'integral'");
	await site.until('no limit any more', async () => (await Promise.all([first, second, third].map((cookie) => site.get(article, { cookie })))).every(whole));
});

test('subscribe_shows_plans_and_leads_to_payment', async () => {
	await site.sql("UPDATE plan SET price_text = '', price_amount = 990, devices = 0, payment_url = 'https://buy.example/plan?a=1&b=2' WHERE slug = 'integral'");
	const r = await site.get('/subscribe?next=/innovation/paye');
	assert.equal(r.status, 200);
	assert.match(r.text, /href="https:\/\/buy\.example\/plan\?a=1&amp;b=2"/);
	assert.match(r.text, /9,90\u00a0€/);
	assert.match(r.text, /par mois/);
	await site.sql("UPDATE plan SET offered = 0 WHERE slug = 'integral'");
	assert.doesNotMatch((await site.get('/subscribe')).text, /buy\.example/);
	await assert.rejects(site.sql("UPDATE plan SET payment_url = 'http://buy.example/x'"), /payment_url/);
});

test('the_way_back_goes_along_with_who_subscribes', async () => {
	const cookie = await site.signIn('way@example.org');
	assert.match((await site.get(article)).text, /href="\/subscribe\?next=\/innovation\/paye"/);
	const stranger = await site.get(`/subscribe?next=${article}`);
	assert.match(stranger.text, /href="\/login\?next=\/innovation\/paye"/);
	assert.match(stranger.text, /<a href="\/innovation\/paye">Revenir à l’article/);
	const reader = await site.get(`/subscribe?next=${encodeURIComponent(article)}`, { cookie });
	assert.match(reader.text, /<a href="\/innovation\/paye">Revenir à l’article/);
	assert.doesNotMatch(reader.text, /href="\/login/);
	for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example', '%2F%2Fevil.example', 'x', '', '/']) {
		const r = await site.get(`/subscribe?next=${next}`);
		assert.doesNotMatch(r.text, /evil|Revenir à l’article/, next);
		assert.match(r.text, /href="\/login"/, next);
	}
	// An offered plan whose price is a number says it beside the article too.
	await site.sql("UPDATE plan SET offered = 1, price_text = '', price_amount = 990 WHERE slug = 'integral'");
	await site.until('the price', async () => /9,90\u00a0€ par mois\s*<\/span>/.test((await site.get(`${article}?x=${Math.random()}`)).text));
});

test('explained_alike_on_the_page_and_by_the_command', async () => {
	const cookie = await site.signIn('eva@example.org', { plan: 'integral', until: "unixepoch('2031-01-01')" });
	const page = await site.get('/account/access?about=/innovation/pro', { cookie });
	assert.equal(page.status, 200);
	assert.match(page.text, /L’article est réservé aux abonnés\./);
	assert.match(page.text, /l’article fait partie d’une autre formule/);
	assert.match(page.text, /Donc, le début seulement\./);
	const said = JSON.parse(await site.must('access', 'explain', '--json', 'eva@example.org', '/innovation/pro'));
	assert.equal(said.verdict, 'teaser');
	assert.equal(said.reason, 'plan');
	const open = await site.get(`/account/access?about=${encodeURIComponent(`${site.url}${article}`)}`, { cookie });
	assert.match(open.text, /Donc, l’article entier\./);
	const later = await site.get(`/account/access?about=${article}&on=2032-01-01`, { cookie });
	assert.match(later.text, /est terminé\./);
	assert.match(later.text, /Donc, le début seulement\./);
	const then = JSON.parse(await site.must('access', 'explain', '--json', '--at', '2032-01-01', 'eva@example.org', article));
	assert.equal(then.reason, 'expired');
	assert.match((await site.get('/account/access?about=/nothing/here', { cookie })).text, /Aucun article/);
	assert.match((await site.get(`/account/access?about=${article}&on=2032-02-31`, { cookie })).text, /Cette date/);
	assert.equal((await site.get('/account/access')).status, 303);
});

test('explain_tells_pauses_and_free_reads', async () => {
	await site.signIn('ugo@example.org', { plan: 'integral', until: 'unixepoch() + 9 * 86400' });
	await site.must('subscriber', 'pause', 'ugo@example.org');
	const said = JSON.parse(await site.must('access', 'explain', '--json', 'ugo@example.org', article));
	assert.equal(said.reason, 'paused');
	assert.ok(said.steps.some((s) => s.fact === 'pause' && /own periods rest/.test(s.finding)));
	const cookie = await site.signIn('ida@example.org');
	await site.post('/free-read', { article: '/innovation/compteur' }, { cookie });
	const read = JSON.parse(await site.must('access', 'explain', '--json', 'ida@example.org', '/innovation/compteur'));
	assert.equal(read.reason, 'free_read');
	const next = JSON.parse(await site.must('access', 'explain', '--json', '--at', '2099-01-01', 'ida@example.org', '/innovation/compteur'));
	assert.equal(next.reason, 'no_subscription');
});
