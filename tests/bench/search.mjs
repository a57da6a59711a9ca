// search.mjs: how long search, feeds and sitemaps take in a large archive. ARTICLES=100000 node tests/bench/search.mjs
// Prints p50, p99 and the slowest answer of each kind of question, in milliseconds, past nginx and without a cache.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Site, binary } from '../http/lib/site.mjs';

const articles = Number(process.env.ARTICLES ?? 100000), asked = Number(process.env.QUESTIONS ?? 300);
const words = Number(process.env.WORDS ?? 60);
let seed = 42;
const random = () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 4294967296; };

// 30,000 words; how often each comes falls with its rank, as in a language (Zipf).
const syllables = ['ba', 'ri', 'ton', 'mé', 'lu', 'gra', 'pi', 'co', 'ver', 'sa', 'nou', 'dé', 'fi', 'tra', 'mo', 'ja', 'quel', 'bre', 'cha', 'lin'];
const word = (rank) => { let w = '', n = rank + 20; for (; n > 0; n = Math.floor(n / 20)) w += syllables[n % 20]; return w; };
const harmonic = Math.log(30000);
const pick = () => word(Math.min(29999, Math.floor(Math.exp(random() * harmonic)) - 1));
const text = (n) => Array.from({ length: n }, pick).join(' ');

async function fill(site) {
	const sql = createWriteStream(site.in('seed.sql'));
	const put = async (s) => { if (!sql.write(s)) await once(sql, 'drain'); };

	await put('PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN;\n');
	for (let i = 1; i <= articles; i++) {
		const title = text(7), standfirst = text(20), teaser = text(words), rest = text(words);
		await put(`INSERT INTO article (id, slug, section_id, access, published_at, rendered_at, title, title_shown, standfirst_text, teaser_text, teaser_html, rendered_hash) VALUES (${i}, 'a-${i}', (SELECT id FROM section LIMIT 1), 'subscriber', ${1500000000 + i * 100}, 1, 't', '${title}', '${standfirst}', '${teaser}', '<p>${teaser}</p>', 'h');
INSERT INTO article_body (article_id, stale, markdown, html) VALUES (${i}, 0, 'x', '<p>${teaser} ${rest}</p>');
`);
	}
	await put('COMMIT;\n');
	sql.end();
	await once(sql, 'finish');
	const shell = spawn('sh', ['-c', `sqlite3 '${site.db}' < '${site.in('seed.sql')}'`], { stdio: 'inherit' });
	const [code] = await once(shell, 'exit');
	if (code !== 0) throw new Error(`sqlite3: ${code}`);
}

async function measure(site, name, uri) {
	const times = [];
	for (let i = 0; i < asked; i++) {
		const began = performance.now();
		const r = await site.fastcgi({ REQUEST_URI: uri(i), ...(name.startsWith('member') ? { HTTP_COOKIE: site.cookie } : {}) });
		times.push(performance.now() - began);
		if (r.status !== 200) throw new Error(`${uri(i)}: ${r.status}`);
	}
	times.sort((a, b) => a - b);
	const at = (p) => times[Math.min(times.length - 1, Math.floor(p * times.length))].toFixed(1).padStart(7);
	console.log(`${name.padEnd(30)} ${at(0.5)} ${at(0.99)} ${at(1)}`);
}

const site = await Site.start({ articles: [], nginx: false, serve: false });
try {
	let began = performance.now();
	await fill(site);
	console.log(`${articles} articles written in ${((performance.now() - began) / 1000).toFixed(0)} s`);
	began = performance.now();
	const worker = spawn(binary, ['--config', site.conf, 'work'], { cwd: site.folder, stdio: 'ignore' });
	for (;;) {
		await new Promise((resolve) => setTimeout(resolve, 1000));
		const [state] = await site.sql('SELECT sweeping, swept_id FROM search_state');
		if (state && state.sweeping === 0) break;
		if (process.stderr.isTTY) process.stderr.write(`\rindexed ${state?.swept_id ?? 0}`);
	}
	worker.kill('SIGTERM');
	await once(worker, 'exit');
	console.log(`indexed and related in ${((performance.now() - began) / 1000).toFixed(0)} s`);
	await site.startDaemon();
	await site.until('nothing is left to index', async () => (await site.sql("SELECT 1 FROM change_log, search_state s WHERE kind = 'article' AND change_log.id > s.change_id LIMIT 1")).length === 0, 600000);
	site.cookie = await site.signIn('m@example.org', { plan: 'integral' });
	console.log(`${'question'.padEnd(30)}     p50     p99     max   (ms)`);
	const q = (s) => `/search?q=${encodeURIComponent(s)}`;
	await measure(site, 'frequent word', (i) => q(word(i % 5)));
	await measure(site, 'two frequent words', (i) => q(`${word(i % 5)} ${word(5 + i % 20)}`));
	await measure(site, 'rare word', (i) => q(word(5000 + i * 7)));
	await measure(site, 'three words of the language', () => q(`${pick()} ${pick()} ${pick()}`));
	await measure(site, 'unknown word, suggestions', (i) => q(`${word(100 + i)}x`));
	await measure(site, 'member, frequent word', (i) => q(word(i % 5)));
	await measure(site, 'member, three words', () => q(`${pick()} ${pick()} ${pick()}`));
	await measure(site, 'article', (i) => `/innovation/a-${1 + i * 7}`);
	await measure(site, 'feed', (i) => `/feed.atom?x=${i}`);
	await measure(site, 'sitemap index', (i) => `/sitemap.xml?x=${i}`);
	if (articles > 10000) await measure(site, 'sitemap part', (i) => `/sitemap/${1 + i % Math.floor(articles / 10000)}.xml`);
} finally {
	await site.stop();
}
