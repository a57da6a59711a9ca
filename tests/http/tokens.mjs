// tokens.mjs: every kind of token at every place that takes one: each is good at its own, and nothing elsewhere (SE2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

const paid = '/innovation/paye';
const tokens = {};
let site;

// The last part of an address.
const tail = (address) => address.trim().split('/').at(-1);

before(async () => {
	site = await Site.start({ nginx: false });
	const member = new Visitor(site, { from: '203.0.113.1' }), asker = new Visitor(site, { from: '203.0.113.2' });

	await site.signIn('member@example.org', { plan: 'integral' });
	await member.signIn('member@example.org');
	tokens.session = member.jar.get('__Host-session');
	await asker.post('/login', { email: 'member@example.org' });
	tokens.asking = asker.jar.get('__Host-login');
	tokens.login = tail((await lastMail(site, 'member@example.org')).path);
	tokens.link = tail(await site.must('session', 'issue', 'member@example.org', '--link'));
	await member.post('/account/email', { email: 'neuve@example.org' });
	tokens.email = tail((await lastMail(site, 'neuve@example.org')).path);
	await member.post('/newsletter', { email: 'lettre@example.org', consent: 'newsletter', notice: /name="notice" value="([^"]*)"/.exec((await member.get('/newsletter')).text)[1] });
	tokens.confirm = tail((await lastMail(site, 'lettre@example.org')).path);
	const gift = await member.post('/gift', { article: /name="article" value="([^"]*)"/.exec((await member.get(paid)).text)[1] });
	tokens.gift = tail(/\/gift\/[\w.-]+/.exec((await member.get(gift.path)).text + gift.path)[0]);
	const made = await member.post('/account/feeds', { make: '1' });
	tokens.feed = /\/feed\/([\w-]+\.atom)/.exec(made.text)[1];
	tokens.preview = tail(/http\S+/.exec(await site.must('article', 'preview', '--link', 'paye'))[0]);
	for (const [kind, token] of Object.entries(tokens)) assert.ok(token?.length >= 20, kind);
});
after(() => site?.stop());

test('SE2_no_token_but_a_session_is_a_session', async () => {
	for (const [kind, token] of Object.entries(tokens)) {
		const v = new Visitor(site);
		v.jar.set('__Host-session', token);
		assert.equal(/CANARI/.test((await v.get(paid)).text), kind === 'session', kind);
		assert.equal((await v.get('/account')).status, kind === 'session' ? 200 : 303, kind);
	}
});

test('SE2_no_token_but_its_own_counts_reads_or_asks', async () => {
	for (const [kind, token] of Object.entries(tokens)) {
		const v = new Visitor(site);
		v.jar.set('__Host-meter', token);
		v.jar.set('__Host-login', token);
		assert.doesNotMatch((await v.get(paid)).text, /CANARI/, kind);
		assert.equal((await v.get('/login/code')).status, kind === 'asking' ? 200 : 303, kind);
	}
});

// Where a token stands in the address: what a page answers to whose it is, and to any other.
const places = { login: '/login/', link: '/session/', email: '/account/email/', confirm: '/newsletter/confirm/', gift: '/gift/', feed: '/feed/', preview: '/preview/',
	leave: '/newsletter/unsubscribe/' };

test('SE2_every_token_in_every_address', async () => {
	for (const [place, path] of Object.entries(places)) {
		for (const [kind, token] of Object.entries(tokens)) {
			const v = new Visitor(site), r = await v.get(path + token);
			if (kind === place) { assert.equal(r.status, 200, `${kind} at ${path}`); continue; }
			assert.ok([303, 400, 404, 410].includes(r.status), `${kind} at ${path}: ${r.status}`);
			assert.doesNotMatch(r.text, /CANARI/, `${kind} at ${path}`);
			assert.equal(v.jar.has('__Host-session'), false, `${kind} at ${path}`);
			if (['feed', 'preview'].includes(place)) continue;
			const sessions = (await site.sql('SELECT count(*) AS n FROM session'))[0].n;
			const p = await v.post(path + token, { confirm: 'yes', 'List-Unsubscribe': 'One-Click' });
			assert.ok([303, 400, 404, 410].includes(p.status), `POST ${kind} at ${path}: ${p.status}`);
			assert.equal(v.jar.has('__Host-session') || v.jar.has('__Host-meter'), false, `POST ${kind} at ${path}`);
			assert.equal((await site.sql('SELECT count(*) AS n FROM session'))[0].n, sessions);
		}
	}
	assert.equal((await site.sql("SELECT state FROM newsletter_subscription WHERE email = 'lettre@example.org'"))[0].state, 'pending');
	assert.equal((await site.sql("SELECT count(*) AS n FROM subscriber WHERE email = 'neuve@example.org'"))[0].n, 0);
});
