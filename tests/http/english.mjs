// english.mjs: a site in English says nothing in French, and a site that has told little of itself still speaks in whole sentences.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Site, root } from './lib/site.mjs';

const texts = (language) => JSON.parse(readFileSync(`${root}/templates/locales/${language}.json`, 'utf8'));
const fr = texts('fr'), en = texts('en');
// Texts without values, long enough not to stand in an article by chance.
const demo = readFileSync(`${root}/demo/sql/001_publication.sql`, 'utf8'); // plans and their prices are the publication's words
const french = Object.entries(fr).filter(([key, text]) => text.length >= 8 && !/\{\{|</.test(text) && text !== en[key] && !demo.includes(text)).map(([, text]) => text);
const open = ['/', '/innovation', '/innovation/paye', '/innovation/libre', '/innovation/compteur', '/innovation/inscrit', '/tag/essais', '/author/la-redaction', '/archive', '/search?q=jardin', '/search?q=zzzz',
	'/legal', '/privacy', '/accessibility', '/newsletter', '/login', '/subscribe', '/nowhere', '/gift/x'];
const own = ['/account', '/account/access', '/account/devices', '/account/email', '/account/password', '/account/newsletters', '/account/data', '/account/erase', '/account/feeds', '/account/gifts', '/innovation/paye'];
let site, member;

before(async () => {
	site = await Site.start({ config: { site: { language: 'en' } } });
	member = await site.signIn('member@example.org', { plan: 'integral' });
});
after(() => site?.stop());

const visible = (html) => html.replace(/<script[\s\S]*?<\/script>/g, '').replace(/\u202f|\u00a0/g, ' ');

test('every_page_speaks_english', async () => {
	assert.ok(french.length > 150, String(french.length));
	for (const [address, cookie] of [...open.map((a) => [a]), ...own.map((a) => [a, member])]) {
		const page = await site.get(address, { cookie }), text = visible(page.text);

		assert.ok([200, 404, 410].includes(page.status), `${address} ${page.status}`);
		assert.match(text, /<html lang="en"/, address);
		assert.doesNotMatch(text, /\{\{|\bt\/\w/, address);
		for (const sentence of french) assert.ok(!text.includes(sentence.replace(/\u202f|\u00a0/g, ' ')), `${address}: ${sentence}`);
		assert.doesNotMatch(text, /hreflang/, 'one language has no other versions');
	}
	const words = visible((await site.get('/innovation/paye')).text).replace(/<[^>]*>/g, '');
	assert.ok(words.includes('Published 15 November 2024'));
	assert.match(words, /\d+% of this article is left to read/);
});

test('sentences_are_whole_without_a_publisher_and_a_contact', async () => {
	for (const address of ['/legal', '/privacy', '/accessibility', '/']) {
		const text = visible((await site.get(address)).text).replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
		assert.doesNotMatch(text, / [,.:] | of \.| by ,|write to [.:]/, `${address}: ${text.match(/.{40}( [,.:] | of \.| by ,|write to [.:]).{20}/)?.[0]}`);
	}
	assert.match((await site.get('/legal')).text, /published by Le Perron/);
	assert.match((await site.get('/privacy')).text, /mailto:redaction@example\.org/);
});

test('WCAG_3_1_2_an_article_in_another_language_says_so', async () => {
	assert.doesNotMatch((await site.get('/innovation/libre')).text, /<article class="article"[^>]* lang=/);
	await site.sql("UPDATE article SET language = 'fr' WHERE slug = 'libre'");
	await site.until('the article', async () => /<article class="article" lang="fr">/.test((await site.get('/innovation/libre')).text));
});
