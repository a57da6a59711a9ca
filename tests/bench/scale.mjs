// scale.mjs: archives of up to a million articles and as many subscribers beside one of a thousand, asked in turn.
import fs from 'node:fs';
import path from 'node:path';
import { Site, fetchRaw } from './site.mjs';
import { cpu, median, residentBytes, run, wrk } from './measure.mjs';

const here = path.dirname(new URL(import.meta.url).pathname);
const budget = process.env.PAGES ?? '32MiB', disk = process.env.DISK ?? '8GiB';
// First pages as everybody gets them, each made anew: lists by section, author, tag, month, feeds, sitemaps.
const pages = ['/', '/essais', '/author/plume-1', '/tag/theme-1', '/archive', '/archive/2023-11', '/feed.atom', '/essais/feed.json', '/sitemap.xml', '/sitemap-news.xml',
	'/search?q=essai'];
let seed = 0;

async function open(articles) {
	const began = performance.now();
	const site = await Site.make({ articles, readers: articles, small: 2000, cache: budget, disk });
	const made = performance.now() - began;
	const starts = [await site.serve()];
	for (let i = 0; i < 2; i++) {
		await site.stop(site.daemon);
		starts.push(await site.serve());
	}
	site.uncached = true; // past the second that nginx keeps what everybody may have
	await site.proxy();
	fs.writeFileSync(site.file('cookies'), Array.from({ length: 40 }, (_, i) => `${site.session(`abonne${i + 1}@example.org`)}\n`).join(''));
	return Object.assign(site, { made, started: median(starts), size: fs.statSync(site.file('bench.db')).size });
}

async function counts(site) {
	const text = (await fetchRaw(site.port, '/metrics')).body.toString();
	const of = (name) => Number(new RegExp(`^poterne_cache_${name} (\\d+)`, 'm').exec(text)[1]);
	return { hits: of('hits_total'), misses: of('misses_total'), returns: of('returns_total'), bytes: of('bytes'), disk: of('disk_bytes') };
}

// Zipf-distributed requests of forty subscribers, no two runs the same.
async function zipf(site, seconds) {
	const before = await counts(site), time = cpu([site.daemon.pid]);
	const result = await wrk(site.port, { connections: 16, seconds, script: path.join(here, 'zipf.lua'),
		environment: { ARTICLES: String(site.articles), COOKIES: site.file('cookies'), SEED: String(++seed) } });
	const after = await counts(site), hits = after.hits - before.hits, misses = after.misses - before.misses;
	return { ...result, behind: (cpu([site.daemon.pid]) - time) / result.requests, found: hits / (hits + misses), bytes: after.bytes, disk: after.disk,
		returned: (after.returns - before.returns) / (hits + misses) };
}

// Every article once, as a subscriber reads it: an archive that has been read, not one whose daemon has just started.
async function crawl(site) {
	const began = performance.now(), first = fs.readFileSync(site.file('cookies'), 'utf8').split('\n')[0];
	for (let done = 0; done < site.articles;)
		done += (await wrk(site.port, { connections: 4, seconds: Math.min(30, Math.ceil((site.articles - done) / 6000)), script: path.join(here, 'miss.lua'),
			environment: { ARTICLES: String(site.articles), START: String(done * 7919 % site.articles) },
			headers: { 'Cookie': first, 'Accept-Encoding': 'gzip, deflate, br' } })).requests;
	return performance.now() - began;
}

async function archives(small, large, rounds, seconds) {
	const sides = [];
	const crawled = await crawl(large);
	await crawl(small);
	await zipf(small, seconds);
	await zipf(large, 4 * seconds);
	for (let i = 0; i < rounds; i++)
		sides.push([await zipf(small, seconds), await zipf(large, seconds)]);
	const of = (key, side) => median(sides.map((pair) => pair[side][key]));
	return { ratio: median(sides.map(([a, b]) => b.rate / a.rate)), rate: of('rate', 1), behind: of('behind', 1), small: of('behind', 0), found: of('found', 1), returned: of('returned', 1), disk: of('disk', 1), crawled,
		bytes: of('bytes', 1), p99: of('p99', 1), resident: residentBytes(large.daemon.pid) };
}

async function uncached(site) {
	await site.stop(site.daemon);
	site.config(4, '0');
	await site.serve();
}

// p99 of each first page, and the daemon's time for one: large and small in turn.
async function firstPages(small, large, rounds) {
	const ask = (site, where) => run(site, { pid: () => site.daemon.pid, load: { path: where, connections: 1, headers: { 'Accept-Encoding': 'gzip, br' } } }, 1);
	const list = [];
	for (const where of pages) {
		const sides = [];
		for (let i = 0; i < rounds; i++)
			sides.push([await ask(small, where), await ask(large, where)]);
		const of = (side, key) => median(sides.map((pair) => pair[side][key]));
		list.push({ where, small: of(0, 'p99'), large: of(1, 'p99'), ratio: of(1, 'p99') / of(0, 'p99'), behind: [of(0, 'behind'), of(1, 'behind')] });
	}
	return list;
}

export async function scales({ quick, say, rounds, seconds, sizes = quick ? [10000] : [10000, 100000, 1000000] }) {
	const facts = [], small = await open(1000);
	let large;
	try {
		for (const articles of sizes) {
			large = await open(articles);
			say(`${articles} articles and subscribers: ${(large.size / 2 ** 20).toFixed(0)} MiB written in ${(large.made / 1000).toFixed(0)} s, start ${Math.round(large.started)} ms`);
			const a = await archives(small, large, rounds, seconds);
			say(`  Zipf ${a.ratio.toFixed(2)} × the small archive: ${(a.found * 100).toFixed(1)} % found, ${(a.returned * 100).toFixed(1)} % of them on disk, ${a.behind.toFixed(0)} µs of the daemon a request (small ${a.small.toFixed(0)}), `
				+ `${(a.resident / 1e6).toFixed(1)} MB resident with ${(a.bytes / 1e6).toFixed(1)} MB of pages (budget ${budget}), ${(a.disk / 1e6).toFixed(0)} MB on disk, `
				+ `read once before in ${(a.crawled / 1000).toFixed(0)} s, ${Math.round(a.rate)} req/s`);
			await uncached(small);
			await uncached(large);
			const lists = await firstPages(small, large, rounds);
			for (const one of lists)
				say(`  ${one.where.padEnd(18)} p99 ${Math.round(one.large)} µs, small ${Math.round(one.small)} µs: ${one.ratio.toFixed(2)} ×; daemon ${one.behind.map(Math.round).reverse().join(' µs, small ')} µs`);
			facts.push({ articles, start: large.started, made: large.made, size: large.size, ...a, lists });
			await large.close();
			large = null;
			await small.stop(small.daemon);
			small.config(4, budget, disk);
			await small.serve();
		}
	} finally {
		await large?.close();
		await small.close();
	}
	return facts;
}
