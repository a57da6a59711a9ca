// theme.mjs: a publication's own folder: what its readers see of it, and what the command says before they do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site, root } from './lib/site.mjs';
import os from 'node:os';
import path from 'node:path';
import { mkdtempSync } from 'node:fs';

const theme = mkdtempSync(path.join(os.tmpdir(), 'poterne-theme.'));
const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><rect width="32" height="32" fill="#7a1f3d"/></svg>';
const shipped = readFileSync(`${root}/static/poterne.css`, 'utf8');
let site;

const put = (name, text) => writeFile(path.join(theme, name), text);
const check = async () => {
	const r = await site.poterne('theme', 'check', theme, '--json');
	return { code: r.code, stderr: r.stderr, rows: r.stdout ? JSON.parse(r.stdout).map((row) => ({ ...row, finding: row.finding.replaceAll(`${theme}/`, '') })) : [] };
};
const problems = (rows) => rows.filter((row) => row.level === 'problem').map((row) => row.finding);

before(async () => {
	await mkdir(`${theme}/static/fonts`, { recursive: true });
	await mkdir(`${theme}/locales`);
	await put('static/logo.svg', logo);
	await put('static/theme.css', `@font-face {
	font-family: Gazette;
	src: url("fonts/gazette.woff2") format("woff2");
}

:root {
	--font-title: Gazette, sans-serif;
	--accent: #7a1f3d;
}

@media (prefers-color-scheme: dark) {
	:root {
		--accent: #f0a6bf;
	}
}
`);
	await cp(`${root}/static/fonts/bricolage-bold-2.woff2`, `${theme}/static/fonts/gazette.woff2`);
	await put('remaining.mustache', '<p class="gazette">Encore {{percent_left}} sur cent</p>\n');
	await put('locales/fr.json', '{\n\t"related_title": "Dans la Gazette aussi"\n}\n');
	site = await Site.start({ config: { site: { name: 'La Gazette' }, paths: { theme } } });
});
after(async () => { await site?.stop(); await rm(theme, { recursive: true }); });

test('a_theme_is_what_readers_see', async () => {
	const { text } = await site.get('/innovation/paye');
	const css = /<link rel="stylesheet" href="(\/theme\/theme\.css\?v=[0-9a-f]+)">/.exec(text)?.[1] ?? /href="(\/theme\/theme\.css\?v=[^"]+)"/.exec(text)?.[1];
	const own = /<img src="(\/theme\/logo\.svg\?v=[^"]+)"/.exec(text)?.[1];

	assert.match(text, /<title>[^<]* – La Gazette<\/title>/);
	assert.match(text, /<p class="gazette">Encore \d+ sur cent<\/p>/);
	assert.match(text, /Dans la Gazette aussi/);
	assert.ok(text.indexOf('poterne.css') < text.indexOf('theme.css'), 'its style sheet comes after ours');
	assert.match(text, /rel="preload" href="\/static\/fonts\/newsreader-regular/);
	assert.doesNotMatch(text, /bricolage-bold/, 'a face that is replaced is not asked for');
	for (const [address, type, part] of [[css, 'text/css', '--accent: #7a1f3d'], [own, 'image/svg+xml', '#7a1f3d']]) {
		const given = await site.get(address);
		assert.equal(given.status, 200, address);
		assert.match(given.headers['content-type'], new RegExp(`^${type.replace('+', '\\+')}`));
		assert.match(given.headers['cache-control'], /immutable/);
		assert.ok(given.text.includes(part));
	}
	assert.equal((await site.get('/theme/fonts/gazette.woff2')).headers['content-type'], 'font/woff2');
	for (const address of ['/theme/', '/theme/../remaining.mustache', '/theme/nothing.css']) assert.ok([400, 403, 404].includes((await site.get(address)).status), address);
	assert.match((await site.get('/')).text, /\/static\/favicon\.svg/, 'what it does not bring stays ours');
});

test('a_theme_that_is_right_passes', async () => {
	const { code, rows, stderr } = await check();

	assert.equal(code, 0, stderr + JSON.stringify(rows));
	assert.deepEqual(problems(rows), []);
	assert.match(rows.map((row) => row.finding).join('\n'), /theme\.css: the faces of a page weigh 42 KB/);
	assert.equal((await site.poterne('theme', 'check')).code, 0, 'without a folder, the one in the settings');
});

test('WCAG_our_own_colours_pass_it', async () => {
	const tokens = /:root \{[\s\S]*?\n\}\n[\s\S]*?@media \(prefers-color-scheme: dark\) \{[\s\S]*?\n\}\n/.exec(shipped)[0];
	const kept = readFileSync(`${theme}/static/theme.css`);

	await put('static/theme.css', tokens);
	assert.deepEqual(problems((await check()).rows), []);
	await put('static/theme.css', tokens.replace('--ink-low: #4d5a54', '--ink-low: #8a938e'));
	assert.match(problems((await check()).rows)[0], /^static\/theme\.css:\d+: --ink-low \(#8a938e\) on --paper \(#fcfdfb\) by day has a contrast of 3\.\d\d:1; 4\.5:1 is the least$/);
	await put('static/theme.css', kept);
});

test('a_theme_that_is_wrong_is_told_where', async () => {
	const kept = readFileSync(`${theme}/static/theme.css`);

	await put('static/theme.css', `@import "more.css";
:root {
	--acent: #000;
	--paper: #222;
	--sun: oklch(70% 0.1 30);
}
.x { background: url("https://cdn.example/x.png"), url(gone.png) }
@font-face { font-family: A; src: url(fonts/bad.woff2) }
`);
	await put('static/fonts/bad.woff2', 'not a face'.repeat(6000));
	await put('static/logo.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>1</script></svg>');
	await put('article.mustache', '<p>\n{{>nowhere}}</p>\n{{! {{>panel}} }}\n<p style="color: red">{{{body_html}}}</p>\n');
	await put('card.mustache', '<a href="{{url}}">{{title}}\n<script src="https://x.example/a.js"></script>\n');
	await put('mine.mustache', '<p>{{#open}}</p>\n');
	await put('locales/fr.json', '{\n\t"related_title": "{{>t/nowhere}}",\n\t"relatd_title": "x"\n}\n');
	await put('locales/en.json', '{\n\t"search": 4\n}\n');
	const { code, rows } = await check(), found = problems(rows).join('\n');

	assert.equal(code, 1);
	for (const wanted of ['article.mustache:1: {{>panel}} is missing: the way in', 'article.mustache:1: {{>remaining}} is missing', 'article.mustache:4: a style of its own is not applied',
		'card.mustache:2: another site\'s file is not loaded', 'card.mustache:2: scripts do not run', 'mine.mustache:1: {{#open}} is never closed',
		'locales/fr.json:3: no template asks for a text "relatd_title"; did you mean related_title?', 'locales/fr.json:2: "related_title" has no text in locales/en.json',
		'locales/en.json:2: "search" must be a text', 'static/logo.svg: ', 'static/theme.css:1: @import', 'static/theme.css:3: there is no token --acent; did you mean --accent?',
		'static/theme.css:7: https://cdn.example/x.png is another site', 'static/theme.css:7: there is no file static/gone.png', 'static/theme.css:8: fonts/bad.woff2 is no WOFF2 file',
		'static/theme.css: the faces of a page weigh 101 KB; 48 KB is the most', 'static/theme.css:4: --ink (#14201b) on --paper (#222) by day has a contrast of 1.',
		'static/theme.css:5: --sun-ink on --sun cannot be computed; write colours as #rrggbb'])
		assert.ok(found.includes(wanted), `${wanted}\n${found}`);
	await put('static/theme.css', ':root { --ink: #000;');
	assert.match(problems((await check()).rows).join('\n'), /static\/theme\.css: line 1: a \{ that is never closed/);
	await rm(`${theme}/mine.mustache`);
	assert.match(problems((await check()).rows).join('\n'), /article\.mustache:2: .*nowhere/);
	for (const name of ['article.mustache', 'card.mustache', 'locales/en.json', 'static/fonts/bad.woff2']) await rm(path.join(theme, name));
	await put('static/theme.css', kept);
	assert.equal((await site.poterne('theme', 'check', `${theme}/none`)).code, 1);
	assert.equal((await site.poterne('theme', 'wear')).code, 64);
});
