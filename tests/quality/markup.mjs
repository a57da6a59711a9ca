// markup.mjs: every page through the Nu HTML checker, in one Java machine; the style sheets through stylelint; structured
// data of every article against the page it stands on (G1 to G9); the pages that nginx shows by itself too.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { JSDOM } from 'jsdom';
import { Program } from '../http/lib/program.mjs';
import { root } from '../http/lib/site.mjs';
import { Publication } from './lib/publication.mjs';

const require = createRequire(import.meta.url);
const html = new Map(); // "home as member" → text
let p;

before(async () => {
	p = await Publication.start();
	for (const one of p.pages) {
		const r = await p.site.get(one.path, { cookie: p.cookies[one.who] });
		assert.equal(r.status, one.status, `${one.name} as ${one.who}`);
		html.set(`${one.name} as ${one.who}`, r.text);
	}
});
after(() => p?.stop());

test('the_Nu_checker_finds_no_error_on_any_page', async () => {
	const folder = p.site.in('html');

	await fs.mkdir(folder);
	for (const [name, text] of html) await fs.writeFile(`${folder}/${name.replaceAll(' ', '-')}.html`, text);
	for (const name of await fs.readdir(`${root}/static/error`)) await fs.cp(`${root}/static/error/${name}`, `${folder}/nginx-${name}`);
	await p.site.sql('ALTER TABLE counter RENAME TO counter_gone');
	const fault = await p.site.get('/stats', { cookie: p.cookies.member });
	await p.site.sql('ALTER TABLE counter_gone RENAME TO counter');
	assert.ok(fault.status >= 500, `a fault answers ${fault.status}`);
	await fs.writeFile(`${folder}/fault.html`, fault.text);
	const nu = new Program('the Nu checker', 'java', ['-Xss4m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar', require.resolve('vnu-jar/build/dist/vnu.jar'), '--stdout', '--format', 'json', folder]);
	const { code } = await nu.ended, { messages } = JSON.parse(nu.stdout), bad = messages.filter((m) => m.type !== 'info' || m.subType === 'warning');
	assert.equal(bad.length, 0, bad.slice(0, 12).map((m) => `${m.url.split('/').at(-1)}:${m.lastLine}: ${m.type} ${m.message} … ${m.extract?.replaceAll('\n', ' ')}`).join('\n'));
	assert.equal(code, 0);
	assert.ok(html.size >= 90, `${html.size} pages`);
});

test('stylelint_finds_no_error', async () => {
	const { default: stylelint } = await import('stylelint');
	const { results, errored } = await stylelint.lint({ files: `${root}/static/**/*.css`, configFile: `${root}/tests/quality/stylelint.json`, configBasedir: `${root}/tests` });

	assert.ok(results.length > 0);
	assert.equal(errored, false, results.flatMap((f) => f.warnings.map((w) => `${f.source}:${w.line}: ${w.text}`)).slice(0, 20).join('\n'));
});

const parsed = new Map();
function documentOf(name) {
	if (!parsed.has(name)) parsed.set(name, new JSDOM(html.get(name)).window.document);
	return parsed.get(name);
}

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)$/;
const articles = () => [...html].filter(([name]) => name.startsWith('article_')).map(([name, text]) => {
	const document = documentOf(name), scripts = [...document.querySelectorAll('script[type="application/ld+json"]')];
	assert.equal(scripts.length, 1, name);
	return { name, document, text, data: JSON.parse(scripts[0].textContent) };
});

test('G9_structured_data_has_what_search_engines_ask_for', () => {
	for (const { name, document, data } of articles()) {
		assert.equal(data['@context'], 'https://schema.org', name);
		assert.equal(data['@type'], 'NewsArticle', name);
		assert.equal(data.headline, document.querySelector('h1').textContent, name);
		assert.ok(data.headline.length <= 110, name);
		assert.match(data.datePublished, iso, name);
		assert.match(data.dateModified, iso, name);
		assert.ok(Date.parse(data.dateModified) >= Date.parse(data.datePublished), name);
		assert.ok(data.author.length > 0, name);
		for (const author of data.author) {
			assert.match(author['@type'], /^(Person|Organization)$/, name);
			assert.ok(document.querySelector(`a[rel=author][href="${new URL(author.url).pathname}"]`), name);
			assert.ok(author.name, name);
		}
		assert.match(data.publisher['@type'], /^(NewsMedia)?Organization$/, name);
		assert.ok(data.publisher.name, name);
		assert.equal(data.mainEntityOfPage['@id'] ?? data.mainEntityOfPage, document.querySelector('link[rel=canonical]').href, name);
		for (const image of [data.image].flat()) assert.ok(new URL(image.url ?? image).pathname.startsWith('/media/'), name);
		assert.equal(data.description, document.querySelector('.standfirst').textContent, 'G8');
		assert.equal(data.articleBody, undefined, 'G8');
	}
});

test('G1_G2_G3_G6_the_wall_is_declared_as_it_stands', () => {
	let regions = 0;

	for (const { name, document, data } of articles()) {
		const free = name.startsWith('article_public'), parts = [data.hasPart ?? []].flat();
		if (free) assert.notEqual(data.isAccessibleForFree, false, name);
		else assert.strictEqual(data.isAccessibleForFree, false, name);
		if (free) assert.equal(parts.length, 0, name);
		if (document.querySelector('.teaser')) assert.equal(parts.length, 0, `${name}: no region is named that is not there`);
		for (const part of parts) {
			assert.equal(part['@type'], 'WebPageElement', name);
			assert.strictEqual(part.isAccessibleForFree, false, name);
			assert.match(part.cssSelector, /^\.[A-Za-z_-][\w-]*$/, name);
			assert.equal(part.hasPart, undefined, `${name}: G4`);
			const region = document.querySelectorAll(part.cssSelector);
			assert.equal(region.length, 1, name);
			assert.ok(region[0].matches('article .body') && region[0].textContent.length > 1000, `${name}: the gated text, not the call to subscribe`);
			regions++;
		}
	}
	assert.ok(regions >= 4, `${regions} regions`);
});

test('pages_name_themselves_once_and_alike', () => {
	for (const name of html.keys()) {
		const document = documentOf(name), meta = (key) => document.querySelector(`meta[property="${key}"], meta[name="${key}"]`)?.content;
		assert.equal(document.querySelectorAll('h1').length, 1, name);
		assert.equal(document.documentElement.lang, 'fr', name);
		assert.ok(document.title.length > 0 && meta('og:title'), name);
		const canonical = document.querySelector('link[rel=canonical]')?.href;
		if (canonical) assert.equal(meta('og:url'), canonical, name);
		for (const link of document.querySelectorAll('a[href^="#"]')) assert.ok(document.getElementById(link.hash.slice(1)), `${name}: ${link.hash}`);
		for (const link of document.querySelectorAll('link[rel=alternate][hreflang]')) assert.ok(link.href.startsWith(p.site.url), name);
		for (const image of document.querySelectorAll('img')) assert.ok(image.hasAttribute('alt') && image.hasAttribute('width') && image.hasAttribute('height'), `${name}: ${image.outerHTML}`);
	}
});
