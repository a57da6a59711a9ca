// pages.mjs: pages of words, the archive by month, previews, corrections.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

async function write(name, text) {
	await fs.writeFile(site.in(name), text);
	return site.in(name);
}

test('page_import_shows_and_replaces_a_page', async () => {
	const file = await write('qui-sommes-nous.md', '# Qui sommes-nous ?\n\nUne *équipe*. <script>alert(1)</script>\n');

	await site.must('page', 'import', '--footer', file);
	const r = await site.until('the page', async () => { const p = await site.get('/qui-sommes-nous'); return p.status === 200 && p; });
	assert.match(r.text, /<h1>Qui sommes-nous\u202f\?<\/h1>/);
	assert.match(r.text, /<em>équipe<\/em>/);
	assert.doesNotMatch(r.text, /<script>alert/, 'AD4');
	await site.until('the footer leads there', async () => /href="\/qui-sommes-nous"/.test((await site.get('/')).text));
	await write('qui-sommes-nous.md', '# Qui nous sommes\n\nAutre texte.\n');
	await site.must('page', 'import', file);
	await site.until('the new text', async () => /Autre texte/.test((await site.get('/qui-sommes-nous')).text));
	assert.equal(JSON.parse(await site.must('page', 'list', '--json'))[0].path, '/qui-sommes-nous');
	await site.must('page', 'remove', 'qui-sommes-nous');
	await site.until('404', async () => (await site.get('/qui-sommes-nous')).status === 404);
});

test('page_of_the_publication_takes_the_place_of_a_shipped_one', async () => {
	await site.must('page', 'import', await write('legal.md', '# Mentions à nous\n\nTexte légal.\n'));
	await site.until('ours', async () => /Texte légal/.test((await site.get('/legal')).text));
});

test('page_import_refuses_with_the_line_and_what_is_right', async () => {
	const none = await site.poterne('page', 'import', await write('sans-titre.md', 'Pas de titre\n'));
	const name = await site.poterne('page', 'import', await write('Nom_Faux.md', '# Titre\n'));
	const section = await site.poterne('page', 'import', await write('innovation.md', '# Innovation\n\nx\n'));

	assert.equal(none.code, 1);
	assert.match(none.stderr, /sans-titre\.md:1: .*# Mentions/);
	assert.match(name.stderr, /Nom_Faux\.md: .*hyphens/);
	assert.match(section.stderr, /a section has this address/);
});

test('archive_lists_months_and_their_articles', async () => {
	const months = (await site.get('/archive')).text;

	assert.match(months, /href="\/archive\/2024-11">novembre\u00a02024</);
	assert.match((await site.get('/archive/2024-11')).text, /Un article payé/);
	for (const path of ['/archive/2024-10', '/archive/2024-13', '/archive/2024-1', '/archive/x', '/archive/2024-11?before=1', '/archive/2024-11?before=1-1', '/archive/2024-11?before=9999999999-1', '/innovation?before=x-1', '/innovation?before=1-'])
		assert.equal((await site.get(path)).status, 404, path);
});

test('lists_are_paged_by_the_card_that_a_part_follows', async () => {
	const links = (text) => ({ prev: /rel="prev" href="([^"]+)"/.exec(text)?.[1], next: /rel="next" href="([^"]+)"/.exec(text)?.[1] });
	const titles = (text) => [...text.matchAll(/<h3><a href="(\/suite\/[^"]+)"/g)].map((m) => m[1]);

	await site.sql(`INSERT INTO section (slug, name) VALUES ('suite', 'Suite');
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
		INSERT INTO article (slug, section_id, access, published_at, rendered_at, title, title_shown, standfirst_text, words)
		SELECT 'numero-' || i, (SELECT id FROM section WHERE slug = 'suite'), 'public', 1700000000 + i / 3, 1, 'Numéro ' || i, 'Numéro ' || i, 'x', 1 FROM n;
		INSERT INTO article_body (article_id, stale, markdown, html) SELECT id, 0, 'x', '<p>x</p>' FROM article WHERE slug LIKE 'numero-%'`);
	const seen = [], paths = ['/suite'];
	await site.until('the list', async () => titles((await site.get('/suite')).text).length > 0);
	for (let path = '/suite'; path;) {
		const { text } = await site.get(path);
		seen.push(...titles(text));
		assert.equal(links(text).prev, paths.length > 1 ? paths.at(-2) : undefined, path);
		assert.match(text, new RegExp(`rel="canonical" href="[^"]*${path.replace('?', '\\?')}"`));
		path = links(text).next;
		if (path) paths.push(path);
	}
	assert.equal(seen.length, 50);
	assert.equal(new Set(seen).size, 50);
	assert.match(paths[1], /^\/suite\?before=\d+-\d+$/);
	const numbered = [];
	for (let n = 2; n <= paths.length; n++) {
		const { status, text } = await site.get(`/suite?page=${n}`);
		assert.equal(status, 200);
		assert.equal(links(text).prev, n === 2 ? '/suite' : `/suite?page=${n - 1}`);
		assert.equal(links(text).next, paths[n]);
		numbered.push(...titles(text));
	}
	assert.deepEqual(numbered, seen.slice(-numbered.length), 'by number the same parts');
	for (const n of [0, -1, 'x', paths.length + 1, 1001, '99999999999999999999']) assert.equal((await site.get(`/suite?page=${n}`)).status, 404, `page ${n}`);
	const first = await site.get('/suite?page=1');
	assert.deepEqual([first.status, new URL(first.headers.location).pathname + new URL(first.headers.location).search], [301, '/suite']);
	assert.equal((await site.get('/archive/2023-11')).status, 200);
});

test('LK8_preview_link_shows_one_article_to_who_has_it', async () => {
	const member = await site.signIn('member@example.org', { plan: 'integral' });
	const link = new URL((await site.must('article', 'preview', '--link', 'brouillon')).trim()).pathname;
	const r = await site.get(link);

	assert.equal((await site.get('/innovation/brouillon', { cookie: member })).status, 404);
	assert.equal(r.status, 200);
	assert.match(r.text, /CANARI/);
	assert.match(r.headers['cache-control'], /no-store/);
	assert.match(r.headers['x-robots-tag'], /noindex/);
	assert.match(r.text, /<meta name="robots" content="noindex">/);
	assert.equal((await site.get(`${link.slice(0, -1)}x`)).status, 404);
	assert.equal((await site.get(`${link}/innovation`)).status, 404);
	const session = member.slice(member.indexOf('=') + 1);
	assert.equal((await site.get(`/preview/${session}`)).status, 404, 'SE2: a session is no preview');
	assert.doesNotMatch((await site.get('/innovation/paye', { cookie: `__Host-session=${link.split('/').at(-1)}` })).text, /CANARI/, 'SE2: a preview is no session');
});

test('revisions_are_kept_and_a_correction_is_shown_to_everybody', async () => {
	await site.sql("UPDATE article_body SET markdown = markdown || char(10) || char(10) || 'Un ajout.' WHERE article_id = (SELECT id FROM article WHERE slug = 'paye')");
	await site.must('article', 'correct', 'paye', "Le prénom de l'adjointe est Maëlle : nous l'avions mal écrit.");
	await site.until('the note', async () => /Maëlle\u00a0: nous l’avions mal écrit\./.test((await site.get('/innovation/paye')).text));
	const [revision] = JSON.parse(await site.must('article', 'history', 'paye', '--json'));
	const source = await site.must('article', 'history', 'paye', '--show', String(revision.id));
	assert.match(source, /Dernier mot/);
	assert.doesNotMatch(source, /Un ajout/);
	assert.doesNotMatch((await site.get('/innovation/paye')).text, /CANARI/);
	assert.equal((await site.poterne('article', 'correct', 'inconnu', 'x')).code, 1);
});
