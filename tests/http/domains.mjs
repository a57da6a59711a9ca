// domains.mjs: a work address proven by mail takes a free seat by itself, and asking tells nobody which domains do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

const paid = '/innovation/paye', canary = /CANARI/;
let site;
before(async () => {
	site = await Site.start({ nginx: false });
	await site.must('institution', 'add', 'Mairie de Valmont', '--siret', '217 500 016 00019');
	await site.must('institution', 'grant', 'mairie-de-valmont', 'integral', '--seats', '2', '--until', '2099-12-31', '--order', 'BC 7');
	await site.must('institution', 'domain', 'mairie-de-valmont', 'add', 'valmont.example');
});
after(() => site?.stop());

const seats = () => site.sql("SELECT r.email, s.origin FROM seat s JOIN subscriber r ON r.id = s.subscriber_id WHERE s.revoked_at IS NULL ORDER BY r.email");
const reads = async (v) => canary.test((await v.get(paid)).text);

// What a stranger sees of an answer.
function seen(r, email) {
	const headers = Object.entries(r.headers).filter(([k]) => !/^(set-cookie|x-request-id)$/.test(k));
	const cookies = (r.headers['set-cookie'] ?? []).map((c) => c.replace(/=[^;]*/, (v) => `=${v.length}`));
	return JSON.stringify([r.status, headers, cookies, r.text.replaceAll(email, '')]);
}

test('LG1_asking_tells_nobody_which_domains_are_covered', async () => {
	const pages = new Set(), mails = new Set();

	for (const email of ['jeanne@valmont.example', 'jeanne@nowhere.example', 'jeanne@xalmont.example']) {
		const v = new Visitor(site, { from: '198.51.100.9' }), answer = seen(await v.post('/login', { email, next: paid }), email);
		const mail = await lastMail(site, email);
		pages.add(answer + seen(await v.get('/login/code'), email) + seen(await v.get(mail.path), email).replaceAll(mail.path, ''));
		mails.add(JSON.stringify({ ...mail, code: '', link: '', path: '', email: '' }));
	}
	assert.equal(pages.size, 1);
	assert.equal(mails.size, 1, 'nor does the letter, before the link is used');
	assert.deepEqual(await seats(), []);
	for (const where of ['/login', '/subscribe', paid, '/privacy', '/sitemap.xml']) assert.doesNotMatch((await new Visitor(site).get(where)).text, /valmont/i, where);
});

test('a_work_address_proven_by_its_link_reads_at_once', async () => {
	const v = new Visitor(site);

	await v.post('/login', { email: 'Paul@Valmont.Example', next: paid });
	const mail = await lastMail(site, 'paul@valmont.example');
	assert.equal(await reads(v), false, 'typing it is no proof');
	const entered = await v.post(mail.path);
	assert.equal(entered.status, 303);
	assert.equal(entered.path, paid);
	assert.ok(await reads(v));
	assert.deepEqual(await seats(), [{ email: 'paul@valmont.example', origin: 'domain' }]);
	assert.match((await v.get(`/account/access?about=${paid}`)).text, /Donc, l’article entier/);
	const said = JSON.parse(await site.must('access', 'explain', '--json', 'paul@valmont.example', paid));
	assert.equal(said.reason, 'seat');
	await v.signIn('paul@valmont.example');
	assert.equal((await seats()).length, 1, 'once');
});

test('no_seat_without_proof_of_just_this_domain', async () => {
	const issued = await site.signIn('marc@valmont.example');
	assert.doesNotMatch((await site.fastcgi({ REQUEST_URI: paid, HTTP_COOKIE: issued })).text, canary);
	for (const email of ['a@sub.valmont.example', 'a@valmont.example.org', 'a@notvalmont.example', '"a@valmont.example"@nowhere.example']) {
		const v = new Visitor(site);
		await v.signIn(email).catch(() => {});
		assert.equal(await reads(v), false, email);
	}
	assert.equal((await seats()).length, 1);
});

test('an_account_that_moves_to_its_work_address_takes_a_seat_too', async () => {
	const v = new Visitor(site);

	await v.signIn('lise@nowhere.example');
	await v.post('/account/email', { email: 'lise@valmont.example' });
	assert.equal(await reads(v), false, 'not before it is proven');
	assert.equal((await v.post((await lastMail(site, 'lise@valmont.example')).path)).status, 303);
	assert.ok(await reads(v));
	await site.must('institution', 'seat', 'mairie-de-valmont', 'remove', 'lise@valmont.example');
});

test('when_no_seat_is_free_the_account_opens_all_the_same', async () => {
	const two = new Visitor(site), three = new Visitor(site);

	await two.signIn('deux@valmont.example');
	assert.ok(await reads(two));
	const r = await three.signIn('trois@valmont.example', paid);
	assert.equal(r.status, 303);
	assert.ok(three.jar.has('__Host-session'));
	assert.equal(await reads(three), false);
	assert.deepEqual((await seats()).map((s) => s.email), ['deux@valmont.example', 'paul@valmont.example']);
	// A place that is given free goes to who proves the address next; whose seat a person took away does not take it back.
	await site.must('institution', 'seat', 'mairie-de-valmont', 'remove', 'deux@valmont.example');
	await two.signIn('deux@valmont.example');
	assert.equal(await reads(two), false);
	await three.signIn('trois@valmont.example');
	assert.ok(await reads(three));
});

test('fifty_proofs_of_one_free_seat_make_one_seat', async () => {
	await site.must('institution', 'add', 'Ecole');
	await site.must('institution', 'grant', 'ecole', 'integral', '--seats', '1', '--until', '2099-12-31');
	await site.must('institution', 'domain', 'ecole', 'add', 'ecole.example');
	const links = [];
	for (let i = 0; i < 50; i++) {
		const v = new Visitor(site, { from: `198.51.${i}.1` }), email = `eleve${i}@ecole.example`;
		await v.post('/login', { email });
		links.push([v, (await lastMail(site, email)).path]);
	}
	const all = await Promise.all(links.map(([v, path]) => v.post(path)));
	assert.deepEqual([...new Set(all.map((r) => r.status))].filter((s) => s !== 303 && s !== 503), []);
	assert.equal((await site.sql("SELECT count(*) AS n FROM seat s JOIN institution i ON i.id = s.institution_id WHERE i.slug = 'ecole'"))[0].n, 1);
});

test('an_ended_domain_lets_nobody_in', async () => {
	await site.must('institution', 'grant', 'mairie-de-valmont', 'integral', '--seats', '9', '--until', '2099-12-31');
	await site.must('institution', 'domain', 'mairie-de-valmont', 'remove', 'valmont.example');
	const v = new Visitor(site);
	await v.signIn('quatre@valmont.example');
	assert.equal(await reads(v), false);
	assert.equal((await site.poterne('institution', 'domain', 'ecole', 'add', 'gmail.com')).code, 1);
	await assert.rejects(site.sql("INSERT INTO institution_domain (institution_id, domain) VALUES (1, 'gmail.com')"), /anybody can have an address there/);
});
