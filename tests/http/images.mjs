// images.mjs: smaller versions made at import, offered by pages, and behind the same decision as their image.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site, root } from './lib/site.mjs';

const WIDTHS = '480 800 1200 1600';
const webp = readFileSync(`${root}/demo/articles/images/quai.webp`); // 1200 x 800
const png = readFileSync(`${root}/demo/articles/images/secretaire.png`); // 1200 wide
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"/>';
const words = 'Un mot puis un autre, et encore un mot pour faire le compte. '.repeat(30);
let site, member, expired, images;

const head = (slug, more = '') => `---\ntitle: ${slug}\nslug: ${slug}\nsection: innovation\nauthors: [A]\npublished: 2024-11-15\n${more}---\n`;

// Two frames of the same picture: RFC 9649 2.7.1.
function moving(still) {
	const frame = still.subarray(12); // the VP8 chunk
	const chunk = (name, body) => Buffer.concat([Buffer.from(name), Buffer.from(Uint32Array.of(body.length).buffer), body]);
	const three = (n) => Buffer.from([n & 255, n >> 8 & 255, n >> 16]);
	const size = [three(1199), three(799)];
	const shown = chunk('ANMF', Buffer.concat([three(0), three(0), ...size, three(100), Buffer.from([0]), frame]));
	const all = [chunk('VP8X', Buffer.concat([Buffer.from([2, 0, 0, 0]), ...size])), chunk('ANIM', Buffer.alloc(6)), shown, shown];
	return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...all]));
}

const media = () => readdirSync(site.in('media'));
const addresses = (html) => [...html.matchAll(/srcset="([^"]*)"/g)].flatMap((m) => m[1].split(', ').map((c) => c.split(' ')));

before(async () => {
	site = await Site.start({ articles: [], config: { images: { widths: WIDTHS } } });
	member = await site.signIn('member@example.org', { plan: 'integral' });
	expired = await site.signIn('expired@example.org', { plan: 'integral', from: 'unixepoch() - 86400 * 60', until: 'unixepoch() - 86400 * 30' });
	images = site.in('articles');
	await mkdir(images);
	for (const [name, bytes] of [['une.webp', webp], ['libre.png', png], ['payant.webp', Buffer.concat([webp, Buffer.alloc(2)])], ['dessin.svg', svg]])
		await writeFile(`${images}/${name}`, bytes);
	await writeFile(`${images}/photos.md`, `${head('photos', 'access: subscriber\nimage: une.webp\nimage_alt: Un quai\n')}![Libre](libre.png)\n\n${words}\n\n${words}\n\n![Payant](payant.webp)\n\n${words}\n\n![Dessin](dessin.svg)\n`);
	await site.must('article', 'import', `${images}/photos.md`);
});
after(() => site?.stop());

test('versions_in_webp_and_avif_never_larger_than_the_original', async () => {
	const made = media().map((name) => name.replace(/-[0-9a-f]{32}/, '')).sort();

	assert.deepEqual(made, ['dessin.svg', 'libre.png', 'libre.png.1200.avif', 'libre.png.1200.webp', 'libre.png.480.avif', 'libre.png.480.webp',
		'libre.png.800.avif', 'libre.png.800.webp', 'payant.webp', 'payant.webp.1200.avif', 'payant.webp.480.avif', 'payant.webp.480.webp',
		'payant.webp.800.avif', 'payant.webp.800.webp', 'une.webp', 'une.webp.1200.avif', 'une.webp.1200.jpg', 'une.webp.480.avif',
		'une.webp.480.webp', 'une.webp.800.avif', 'une.webp.800.webp']);
	for (const name of media()) {
		const bytes = readFileSync(site.in(`media/${name}`));
		const [, width, kind] = /\.(\d+)\.(avif|webp|jpg)$/.exec(name) ?? [];

		if (kind === 'avif') assert.equal(bytes.toString('latin1', 4, 12), 'ftypavif');
		if (kind === 'webp') assert.equal(bytes.toString('latin1', 12, 16) === 'VP8X' ? bytes.readUIntLE(24, 3) + 1 : bytes.readUInt16LE(26) & 0x3fff, Number(width), name);
		assert.equal(statSync(site.in(`media/${name}`)).mode & 0o777, 0o644, name);
	}
});

test('pages_offer_them_and_nothing_moves', async () => {
	const page = await site.get('/innovation/photos', { cookie: member });
	const tags = page.text.match(/<img [^>]*\/media\/[^>]*>/g);

	assert.equal(page.status, 200);
	assert.equal(tags.length, 4);
	for (const tag of tags) assert.match(tag, / width="\d+" /, tag);
	for (const tag of tags) assert.match(tag, / height="\d+" /, tag);
	assert.match(tags[0], /fetchpriority="high"/);
	for (const tag of tags.slice(1)) assert.match(tag, /loading="lazy"/);
	assert.equal(page.text.match(/<source type="image\/avif"/g).length, 3);
	assert.equal(page.text.match(/<source type="image\/webp"/g).length, 3);
	assert.equal(page.text.match(/ sizes="\(min-width/g).length, 6);
	for (const [path, width] of addresses(page.text)) {
		const given = await site.get(path, { cookie: member });
		assert.equal(given.status, 200, path);
		assert.equal(given.headers['content-type'], `image/${path.split('.').at(-1)}`, path);
		assert.match(width, /^(480|800|1200)w$/);
	}
	const home = await site.get('/');
	assert.match(home.text, /<source type="image\/avif" srcset="\/media\/une-[0-9a-f]+\.webp\.480\.avif 480w, [^"]*" sizes="[^"]+">/);
	assert.match(home.text, /fetchpriority="high"/);
	const list = await site.get('/innovation');
	assert.match(list.text, /<source type="image\/avif"/);
	assert.match(list.text, /fetchpriority="high"/);
});

test('LK7_versions_of_a_paid_image_are_behind_the_same_decision', async () => {
	const all = addresses((await site.get('/innovation/photos', { cookie: member })).text).map(([path]) => path);
	const paid = all.filter((path) => path.includes('payant'));

	assert.equal(paid.length, 6); // three AVIF, two WebP and the original
	assert.doesNotMatch((await site.get('/innovation/photos')).text, /payant/);
	for (const path of all)
		for (const [who, cookie] of [['anonymous', undefined], ['expired', expired], ['member', member]]) {
			const given = await site.get(path, { cookie });
			const may = who === 'member' || !paid.includes(path);
			assert.equal(given.status, may ? 200 : 404, `${who} ${path}`);
			if (may) assert.match(given.headers['cache-control'], paid.includes(path) ? /private/ : /public/, path);
		}
	for (const path of [paid[0].replace('480', '481'), paid[0].replace('/media/', '/protected-media/'), `${paid[0]}.480.avif`, `${paid[0]}?v=1`, paid[0].replace('480', '0480')])
		assert.equal((await site.get(path)).status, 404, path);
	await site.sql("UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'test' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'member@example.org')");
	for (const path of paid)
		await site.until('the version is gone with the right', async () => (await site.get(path, { cookie: member })).status === 404, 1000);
});

test('G9_other_sites_get_a_picture_they_can_show', async () => {
	const { text } = await site.get('/innovation/photos');
	const of = (name) => new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(text)?.[1];
	const data = JSON.parse(/<script type="application\/ld\+json">([^<]*)</.exec(text)[1]);
	const given = await site.get(new URL(of('og:image')).pathname);

	assert.match(of('og:image'), /^http:\/\/localhost:\d+\/media\/une-[0-9a-f]{32}\.webp\.1200\.jpg$/);
	assert.deepEqual([of('og:image:width'), of('og:image:height'), of('og:image:alt'), of('twitter:card')], ['1200', '800', 'Un quai', 'summary_large_image']);
	assert.deepEqual(data.image, [of('og:image')]);
	assert.equal(given.headers['content-type'], 'image/jpeg');
	assert.deepEqual(given.body.subarray(0, 3), Buffer.from([0xff, 0xd8, 0xff]));
});

test('feeds_take_the_image_itself', async () => {
	const { text } = await site.get('/feed.atom');

	assert.match(text, /libre-[0-9a-f]{32}\.png/);
	assert.doesNotMatch(text, /srcset|source type/);
});

test('an_image_that_is_there_is_not_made_again', async () => {
	const times = () => Object.fromEntries(media().map((name) => [name, statSync(site.in(`media/${name}`)).mtimeMs]));
	const old = times();

	await site.must('article', 'import', `${images}/photos.md`);
	assert.deepEqual(times(), old);
});

test('versions_of_what_lay_in_the_media_folder_before', async () => {
	await writeFile(site.in('media/vieux.webp'), webp);
	await site.sql(`INSERT INTO article (slug, section_id, access, title, image, published_at) SELECT 'vieux', id, 'public', 'Vieux', 'vieux.webp', 1 FROM section WHERE slug = 'innovation';
		INSERT INTO article_body (article_id, markdown) SELECT id, 'Un texte.' FROM article WHERE slug = 'vieux';`);
	await site.until('the article', async () => (await site.get('/innovation/vieux')).status === 200);
	assert.doesNotMatch((await site.get('/innovation/vieux')).text.split('class="related"')[0], /<source/);
	const said = await site.must('media', 'versions');
	assert.match(said, /\b1 /);
	await site.until('its versions', async () => /vieux\.webp\.480\.avif 480w/.test((await site.get('/innovation/vieux')).text));
});

test('AD6_hostile_images_harm_nothing', async () => {
	const lie = Buffer.from(png.subarray(0, 64)); // a PNG of 20000 x 20000 that ends after its head
	lie.writeUInt32BE(20000, 16);
	lie.writeUInt32BE(20000, 20);
	for (const [name, bytes, why] of [['coupe.webp', webp.subarray(0, 400), /served without smaller versions/], ['mensonge.png', lie, /100 million pixels/],
		['bouge.webp', moving(webp), /it moves/]]) {
		await writeFile(`${images}/${name}`, bytes);
		await writeFile(`${images}/h.md`, `${head(`hostile-${name.split('.')[0]}`, 'access: public\n')}![Une image](${name})\n`);
		const r = await site.poterne('article', 'import', `${images}/h.md`);
		assert.equal(r.code, 0, r.stderr);
		assert.match(r.stderr, new RegExp(`h\\.md: image ${name.split('.')[0]}`));
		assert.match(r.stderr, why);
		assert.deepEqual(media().filter((file) => file.startsWith(`${name.split('.')[0]}-`) && /\.\d+\.|\.[A-Za-z0-9]{6}$/.test(file)), [], name);
	}
	const maps = readFileSync(`/proc/${site.daemon.pid}/maps`, 'latin1');
	assert.doesNotMatch(maps, /libvips|libheif/);
});

test('without_widths_images_are_served_as_they_are', async () => {
	await writeFile(`${images}/seule.png`, Buffer.concat([png, Buffer.from('x')]));
	await writeFile(`${images}/s.md`, `${head('seule', 'access: public\n')}![Une image](seule.png)\n`);
	await site.must('--set', 'images.widths=', 'article', 'import', `${images}/s.md`);
	assert.equal(media().filter((file) => file.startsWith('seule-')).length, 1);
});
