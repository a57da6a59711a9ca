// leaks.mjs: nothing of the paid text leaves for those who may not read it, at any address, in any form (LK).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

const CANARY = /CANARI/;
const gated = ['/innovation/paye', '/innovation/pro', '/innovation/compteur', '/innovation/inscrit'];

let site, member, expired, pro;
before(async () => {
	site = await Site.start();
	member = await site.signIn('member@example.org', { plan: 'integral' });
	pro = await site.signIn('pro@example.org', { plan: 'pro' });
	expired = await site.signIn('expired@example.org', { plan: 'integral', from: 'unixepoch() - 200', until: 'unixepoch() - 100' });
	await site.until('the articles are there', async () => (await site.get(paths.paye)).status === 200);
});
after(() => site?.stop());

// Where the fixture's articles live.
const paths = { paye: '/innovation/paye' };
async function addresses() {
	const rows = await site.sql(`SELECT '/' || s.slug || '/' || a.slug AS path FROM article a JOIN section s ON s.id = a.section_id`);
	const authors = await site.sql(`SELECT '/author/' || slug AS path FROM author`);
	const tags = await site.sql(`SELECT '/tag/' || slug AS path FROM tag`);
	const sections = await site.sql(`SELECT '/' || slug AS path FROM section`);

	return [...rows, ...authors, ...tags, ...sections].map((r) => r.path).concat(['/', '/privacy', '/legal', '/accessibility',
		'/login', '/subscribe', '/newsletter', '/search?q=canaripaye', '/feed.atom', '/feed.json', '/sitemap.xml', '/sitemap-news.xml',
		'/robots.txt', '/opensearch.xml', '/nothing-here']);
}

// Every address that an answer links to, below the site.
function linked(text) {
	return [...text.matchAll(/(?:href|src|action)="(\/[^"#]*)"/g)].map((m) => m[1].replaceAll('&amp;', '&'));
}

for (const [who, cookie] of [['anonymous', () => undefined], ['expired', () => expired]])
	test(`LK1_LK3_crawl_as_${who}_meets_no_paid_word`, async () => {
		const todo = await addresses(), seen = new Set();
		let open = 0;

		while (todo.length > 0) {
			const path = todo.pop();
			if (seen.has(path) || seen.size > 600) continue;
			seen.add(path);
			const r = await site.get(path, { cookie: cookie() });
			const allowed = who === 'expired' && /inscrit/.test(path);
			// A search shows the words that were asked for; LK4 compares its answers.
			const asked = path.startsWith('/search') ? new URL(path, site.url).searchParams.get('q') : null;
			const whole = r.text + JSON.stringify(r.headers);
			const all = asked ? whole.replaceAll(asked, '') : whole;
			if (!allowed) assert.doesNotMatch(all, CANARY, path);
			else open++;
			if (/text\/html/.test(r.headers['content-type'] ?? '')) todo.push(...linked(r.text).filter((p) => !p.startsWith('/static/')));
		}
		assert.ok(seen.size > 20, `only ${seen.size} addresses`);
		if (who === 'expired') assert.ok(open > 0, 'a registered article opens for anyone who is signed in');
	});

test('LK2_head_and_structured_data_come_from_what_is_free', async () => {
	for (const path of gated) {
		const { text } = await site.get(path);
		const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)[1]);

		assert.doesNotMatch(text, CANARY, path);
		assert.equal(data['@type'], 'NewsArticle');
		assert.equal(data.isAccessibleForFree, false, 'G1: a boolean');
		assert.equal(data.hasPart, undefined, 'G3: no region is named that is not there');
		assert.equal(data.articleBody, undefined, 'G8');
		assert.match(data.datePublished, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
	}
});

test('G2_G3_full_page_names_the_region_it_has', async () => {
	const { text } = await site.get(paths.paye, { cookie: member });
	const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)[1]);

	assert.match(text, CANARY);
	assert.match(data.hasPart.cssSelector, /^\.[A-Za-z_-][\w-]*$/);
	assert.ok(text.includes(`class="body ${data.hasPart.cssSelector.slice(1)}"`) || new RegExp(`class="[^"]*\\b${data.hasPart.cssSelector.slice(1)}\\b`).test(text));
});

test('G6_free_article_is_marked_free', async () => {
	const { text } = await site.get('/innovation/libre');
	const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)[1]);

	assert.notEqual(data.isAccessibleForFree, false);
	assert.equal(data.hasPart, undefined);
	assert.doesNotMatch(text, /class="[^"]*\bpaywall\b/);
});

test('LK3_LK11_other_spellings_and_views_give_no_more', async () => {
	const suffixes = ['?full=1', '?print=1', '?preview=1', '?amp=1', '/amp', '/print', '.json', '.md', '.txt', '/x.css', ';.js', '%2fx', '/', '//', '?a=b#c'];

	for (const suffix of suffixes) {
		const r = await site.get(`${paths.paye}${suffix}`);
		assert.doesNotMatch(r.text, CANARY, suffix);
		assert.ok([200, 301, 400, 404].includes(r.status), `${suffix}: ${r.status}`);
		if (/^[.;/%]/.test(suffix) && suffix !== '/' && suffix !== '//') assert.notEqual(r.status, 200, suffix);
	}
	for (const suffix of ['.json', '/x.css', ';.js', '%2fx'])
		assert.doesNotMatch((await site.get(`${paths.paye}${suffix}`, { cookie: member })).text, CANARY, `member ${suffix}`);
});

test('LK8_draft_scheduled_withdrawn_are_404_or_410_for_all', async () => {
	for (const cookie of [undefined, member]) {
		assert.equal((await site.get('/innovation/brouillon', { cookie })).status, 404);
		assert.equal((await site.get('/innovation/programme', { cookie })).status, 404);
	}
	await site.sql("UPDATE article SET withdrawn_at = unixepoch() WHERE slug = 'libre'");
	for (const cookie of [undefined, member])
		await site.until('410', async () => (await site.get('/innovation/libre', { cookie })).status === 410);
	await site.sql("UPDATE article SET withdrawn_at = NULL WHERE slug = 'libre'");
	await site.until('back', async () => (await site.get('/innovation/libre')).status === 200);
});

test('scheduled_article_appears_by_itself', async () => {
	await site.sql("UPDATE article SET published_at = unixepoch() + 3600 WHERE slug = 'programme'");
	assert.equal((await site.get('/innovation/programme', { cookie: member })).status, 404);
	await site.sql("UPDATE article SET published_at = unixepoch() + 2 WHERE slug = 'programme'");
	await site.until('it appears', async () => (await site.get('/innovation/programme', { cookie: member })).status === 200);
	await site.until('the list shows it', async () => /\/innovation\/programme/.test((await site.get('/innovation', { cookie: member })).text));
});

test('LK10_every_answer_says_who_may_keep_it', async () => {
	for (const path of await addresses())
		for (const cookie of [undefined, member, expired]) {
			const r = await site.get(path, { cookie });
			const rule = r.headers['cache-control'] ?? '(none)';

			assert.match(rule, /no-store|private|public/, path);
			if (cookie) assert.doesNotMatch(rule, /public/, `${path} with a session`);
			if (/public/.test(rule)) assert.equal(r.headers['set-cookie'], undefined, path);
		}
});

test('LK10_member_then_anonymous_through_the_cache', async () => {
	for (const path of [...gated, '/', '/innovation'])
		for (let i = 0; i < 5; i++) {
			await site.get(path, { cookie: pro });
			const r = await site.get(path);
			assert.doesNotMatch(r.text, CANARY, path);
			assert.doesNotMatch(r.text, /href="\/account"/, path);
		}
});

test('LK12_HEAD_host_and_forwarded_headers_poison_nothing', async () => {
	const clean = (await site.get('/innovation')).text;
	const poison = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-For': '10.9.8.7', 'X-Forwarded-Proto': 'gopher', 'X-Original-URL': '/x', Forwarded: 'host=evil.example' };

	await site.head('/innovation?poison=1', { headers: poison });
	const r = await site.get('/innovation?poison=1', { headers: { ...poison, Cookie: 'lang=evil.example' } });
	const again = await site.get('/innovation?poison=1');
	assert.equal(r.text, clean);
	assert.equal(again.text, clean);
	assert.doesNotMatch(again.text + JSON.stringify(again.headers), /evil\.example|10\.9\.8\.7/);
});

test('LK12_HEAD_is_GET_without_its_body', async () => {
	const options = { cookie: member };
	const head = await site.head(paths.paye, options), get = await site.get(paths.paye, options);

	assert.equal(head.body.length, 0);
	for (const name of ['content-length', 'etag', 'content-type', 'cache-control', 'vary']) assert.equal(head.headers[name], get.headers[name], name);
});

test('LK13_members_and_strangers_alternate_300_times_without_a_crossing', async () => {
	const readers = [[undefined, false], [member, true], [expired, false], [pro, true]];

	for (let i = 0; i < 300; i++) {
		const [cookie, opens] = readers[i % 4];
		assert.equal(CANARY.test((await site.get(paths.paye, { cookie })).text), opens, `request ${i}`);
	}
});

test('LK14_validators_are_of_one_variant', async () => {
	const full = await site.get(paths.paye, { cookie: member });
	const teaser = await site.get(paths.paye);
	const other = await site.get(paths.paye, { headers: { Cookie: 'unknown=1' } });

	assert.notEqual(full.headers.etag, teaser.headers.etag);
	assert.equal(other.headers.etag, teaser.headers.etag);
	assert.equal((await site.get(paths.paye, { cookie: member, headers: { 'If-None-Match': full.headers.etag } })).status, 304);
	assert.equal((await site.get(paths.paye, { headers: { 'If-None-Match': teaser.headers.etag } })).status, 304);
	const crossed = await site.get(paths.paye, { headers: { 'If-None-Match': full.headers.etag } });
	assert.equal(crossed.status, 200);
	assert.doesNotMatch(crossed.text, CANARY);
	const range = await site.get(paths.paye, { cookie: expired, headers: { Range: 'bytes=0-100' } });
	assert.equal(range.status, 200);
	assert.equal(range.headers['accept-ranges'], undefined);
});

test('LK14_each_coding_has_its_validator_and_304', async () => {
	for (const coding of ['gzip', 'br', 'gzip, br;q=0', 'identity'])
		for (const cookie of [undefined, member]) {
			const headers = { 'Accept-Encoding': coding };
			const coded = coding === 'identity' ? undefined : coding.slice(0, 4).replace(/[,;].*/, '');
			// A page is packed with brotli in the background, once it is asked for again.
			const r = await site.until(`${coding} of the page`, async () => {
				await site.fastcgi({ REQUEST_URI: paths.paye });
				const answer = await site.get(paths.paye, { cookie, headers });
				return answer.headers['content-encoding'] === coded && answer;
			});
			assert.match(r.headers.vary, /Accept-Encoding/);
			// A page that is packed tighter in the background meanwhile has another validator once.
			const again = await site.until(`304 of ${coding}`, async () => {
				const { etag } = (await site.get(paths.paye, { cookie, headers })).headers;
				const second = await site.get(paths.paye, { cookie, headers: { ...headers, 'If-None-Match': etag } });
				return second.status === 304 && second.headers.etag === etag && second;
			});
			assert.ok(again.headers['cache-control']);
		}
});

test('LK16_a_robot_by_name_reads_what_everyone_reads', async () => {
	const robot = await site.get(paths.paye, { headers: { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } });

	assert.equal(robot.text, (await site.get(paths.paye)).text);
});

test('LK17_ending_a_right_shows_within_a_second', async () => {
	const cookie = await site.signIn('leaver@example.org', { plan: 'integral' });
	const opens = async () => CANARY.test((await site.get(paths.paye, { cookie })).text);

	assert.ok(await opens());
	await site.sql("UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'test' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'leaver@example.org')");
	await site.until('the teaser', async () => !(await opens()), 1000);
	await site.signIn('leaver@example.org', { plan: 'numerique' });
	await site.until('the full text', opens, 1000);
});

test('LK17_access_typed_by_SQL_shows_within_a_second', async () => {
	assert.doesNotMatch((await site.get(paths.paye)).text, CANARY);
	await site.sql("UPDATE article SET access = 'public' WHERE slug = 'paye'");
	await site.until('open', async () => CANARY.test((await site.get(paths.paye, { cookie: expired })).text), 1000);
	await site.sql("UPDATE article SET access = 'subscriber' WHERE slug = 'paye'");
	await site.until('closed', async () => !CANARY.test((await site.get(paths.paye, { cookie: expired })).text), 1000);
	await site.until('closed for strangers too', async () => !CANARY.test((await site.get(paths.paye)).text));
});

test('LK18_unknown_tokens_open_nothing', async () => {
	for (const path of ['/gift/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '/session/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '/preview/x']) {
		const r = await site.get(path);
		assert.ok([404, 410].includes(r.status), `${path}: ${r.status}`);
		assert.doesNotMatch(r.text, CANARY);
	}
});

test('LK7_images_of_the_paid_part_are_behind_the_same_decision', async () => {
	const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
	const { writeFile } = await import('node:fs/promises');
	const words = 'Un mot puis un autre, et encore un mot pour faire le compte. '.repeat(30);

	await writeFile(site.in('libre.png'), pixel);
	await writeFile(site.in('payant.png'), Buffer.concat([pixel, Buffer.from('x')]));
	await writeFile(site.in('images.md'), `---\ntitle: Des images\nslug: images\nsection: innovation\naccess: subscriber\npublished: 2024-11-15\n---\n![Une image](libre.png)\n\n${words}\n\n${words}\n\n![Une autre](payant.png)\n`);
	await site.must('article', 'import', site.in('images.md'));
	const page = await site.until('the article', async () => { const r = await site.get('/innovation/images', { cookie: member }); return r.status === 200 && r; });
	const [free, paid] = [...page.text.matchAll(/src="(\/media\/[^"]*(?:libre|payant)[^"]*)"/g)].map((m) => m[1]);
	for (const [path, cookie, status] of [[free, undefined, 200], [paid, undefined, 404], [paid, expired, 404], [paid, member, 200]])
		assert.equal((await site.get(path, { cookie })).status, status, `${path} ${cookie ? 'signed in' : 'anonymous'}`);
	const given = await site.get(paid, { cookie: member });
	assert.match(given.headers['cache-control'], /private/);
	assert.equal(given.headers['content-type'], 'image/png');
	assert.deepEqual(given.body.subarray(0, pixel.length), pixel);
	assert.match((await site.get(free)).headers['cache-control'], /public/);
	assert.doesNotMatch((await site.get('/innovation/images')).text, /payant/);
	for (const path of ['/protected-media/x', paid.replace('/media/', '/protected-media/'), '/media/../poterne.db', '/media/..%2fpoterne.db', '/media/nope.png'])
		assert.ok([400, 404].includes((await site.get(path)).status), path);
	await site.sql("UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'test' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'member@example.org')");
	await site.until('the image is gone with the right', async () => (await site.get(paid, { cookie: member })).status === 404, 1000);
});
