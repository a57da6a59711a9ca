// everywhere.mjs: what stands on every page of the site, whoever asks and whatever became of the request.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

const none = 'x'.repeat(43);
let site;
before(async () => { site = await Site.start({ nginx: false }); });
after(() => site?.stop());

// Pages of strangers: what is there, what is not, what is no longer.
const open = ['/', '/innovation', '/innovation/libre', '/innovation/paye', '/author/la-redaction', '/search?q=eau', '/archive', '/subscribe', '/login', '/privacy', '/legal',
	'/accessibility', '/newsletter', '/newsletter?sent=1', '/newsletter/perron', `/newsletter/confirm/${none}`, `/newsletter/unsubscribe/${none}`, `/login/${none}`, `/session/${none}`,
	`/account/email/${none}`, `/gift/${none}`, `/preview/${none}`, '/account/erased', '/not-there', '/innovation/not-there', '/%ff'];
const own = ['/account', '/account/devices', '/account/password', '/account/email', '/account/newsletters', '/account/institution', '/account/feeds', '/account/data', '/account/erase',
	'/account/access', '/account/pause', '/account/gifts'];

// SE8: where a page is stays out of Referer, its own site's too. Not no-referrer, with which older browsers say Origin: null.
function look(path, r) {
	const forms = r.text.match(/<form[^>]* method="post" action="\/newsletter"[^>]*>.*?<\/form>/gs) ?? [];

	assert.match(r.headers['content-type'] ?? '', /^text\/html/, path);
	assert.equal(r.headers['referrer-policy'], 'strict-origin', path);
	assert.equal(forms.length, 1, `${path} (${r.status})`);
	for (const part of ['name="notice"', 'name="email"', 'type="checkbox"', 'class="notice"']) assert.ok(forms[0].includes(part), `${path}: ${part}`);
}

test('CO3_SE8_the_form_and_its_notice_stand_on_every_page_and_no_page_says_where_it_is', async () => {
	const stranger = new Visitor(site), reader = new Visitor(site);

	for (const path of open) look(path, await stranger.get(path));
	await stranger.post('/login', { email: 'nobody@exemple.fr' });
	look('/login/code', await stranger.get('/login/code'));
	look('POST /login/code', await stranger.post('/login/code', { code: '0000 0000' }));
	look('POST /login', await stranger.post('/login', { email: 'no address' }));
	look('POST /login/password', await stranger.post('/login/password', { email: 'a@b.fr', password: 'wrong one' }));
	await reader.post('/login', { email: 'reader@exemple.fr' });
	look('/login/TOKEN', await reader.get((await lastMail(site, 'reader@exemple.fr')).path));
	assert.equal((await reader.post('/login/code', { code: (await lastMail(site, 'reader@exemple.fr')).code })).status, 303);
	for (const path of own) look(path, await reader.get(path));
	look('POST /', await stranger.post('/innovation/libre'));
	look('cross-site', await stranger.post('/login', { email: 'a@b.fr' }, { HTTP_SEC_FETCH_SITE: 'cross-site' }));
});
