// reload.mjs: SIGHUP with templates and keys that are wrong, then right.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site;
before(async () => {
	site = await Site.start({ articles: [], serve: false });
	await mkdir(site.in('theme'));
	await writeFile(site.conf, `[site]\nname = Le Perron\nurl = ${site.url}\n[paths]\ntheme = ${site.in('theme')}\n`
		+ (await import('node:fs')).readFileSync(site.conf, 'utf8').replace(/^\[site\][^[]*\[paths\]\n/, ''));
	await site.startAll();
});
after(() => site?.stop());

const page = async () => (await site.get('/legal')).text;

test('FT16_broken_template_keeps_the_old_one', async () => {
	const before = await page();
	await writeFile(site.in('theme/legal.mustache'), '{{#open}}never closed');
	site.signal('SIGHUP');
	await site.until('refusal', () => /reload_refused.*legal\.mustache:1/.test(site.log));
	assert.equal(await page(), before);
	await writeFile(site.in('theme/legal.mustache'), '<p>Une page à nous</p>');
	site.signal('SIGHUP');
	await site.until('the new page', async () => (await page()).includes('Une page à nous'));
});

test('FT16_raw_value_in_a_theme_is_refused', async () => {
	await writeFile(site.in('theme/legal.mustache'), '<p>{{{title}}}</p>');
	site.signal('SIGHUP');
	await site.until('refusal', () => /reload_refused.*legal\.mustache:1.*_html/.test(site.log));
	assert.match(await page(), /Une page à nous/);
	await writeFile(site.in('theme/legal.mustache'), '<p>Une page à nous</p>');
});

test('FT17_broken_key_keeps_the_old_ring', async () => {
	const cookie = await site.signIn('reader@example.org', { plan: 'integral' });
	const reader = async () => /href="\/account"/.test((await site.get('/', { cookie })).text);
	const [key] = await readdir(site.in('keys'));
	assert.ok(await reader(), 'signed in before');
	await chmod(site.in(`keys/${key}`), 0o644);
	site.signal('SIGHUP');
	await site.until('refusal', () => /reload_refused.*644|reload_refused.*others/.test(site.log));
	assert.ok(await reader(), 'signed in still');
	await chmod(site.in(`keys/${key}`), 0o600);
});

test('FT18_key_rotation_signs_nobody_out', async () => {
	const cookie = await site.signIn('other@example.org', { plan: 'integral' });
	const reader = async (c) => /href="\/account"/.test((await site.get('/', { cookie: c })).text);
	await site.must('key', 'new');
	const fresh = await site.signIn('third@example.org', { plan: 'integral' });
	await site.until('the new key signs and is known', () => reader(fresh));
	assert.ok(await reader(cookie), 'the old key still counts');
	assert.notEqual(cookie.split('.').at(-1), fresh.split('.').at(-1), 'another key id');
});
