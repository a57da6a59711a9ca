// search.mjs: how long search, lists, feeds and sitemaps take in a large archive. ARTICLES=100000 node tests/bench/search.mjs
// Prints p50 and p99 of each kind of question in milliseconds, past nginx and without a cache, and the processor time of the
// daemon that one of them took: on a busy machine that is the figure to look at. SMALL=1000 measures a small archive too, question by
// question in turns with the large one, and prints by how much the large one is slower. DATABASE names a file that keeps the
// large archive for the next run, ONLY a part of the questions' names.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fs from 'node:fs/promises';
import { once } from 'node:events';
import { Connection } from '../http/lib/fastcgi.mjs';
import { Site, binary } from '../http/lib/site.mjs';

const asked = Number(process.env.QUESTIONS ?? 300), words = Number(process.env.WORDS ?? 60);
let seed = 42;
const random = () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 4294967296; };

// 30,000 words; how often each comes falls with its rank, as in a language (Zipf).
const syllables = ['ba', 'ri', 'ton', 'mé', 'lu', 'gra', 'pi', 'co', 'ver', 'sa', 'nou', 'dé', 'fi', 'tra', 'mo', 'ja', 'quel', 'bre', 'cha', 'lin'];
const spell = (rank) => { let w = '', n = rank + 20; for (; n > 0; n = Math.floor(n / 20)) w += syllables[n % 20]; return w; };
const language = Array.from({ length: 30000 }, (_, rank) => spell(rank)), word = (rank) => language[rank % 30000];
const harmonic = Math.log(30000);
const pick = () => word(Math.min(29999, Math.floor(Math.exp(random() * harmonic)) - 1));
// Those before rank 30 are what a language has of articles and pronouns, which no French index keeps and nobody looks for;
// the next ones stand in every third article.
const COMMON = 30;
const ask = () => word(Math.min(29999, Math.floor(COMMON * Math.exp(random() * (harmonic - Math.log(COMMON))))));
const text = (n) => Array.from({ length: n }, pick).join(' ');

// Articles out of 20,000 phrases of that language, made by SQL; what watches over single rows stands aside meanwhile.
const PHRASES = 20000;
const phrase = (row, from, n) => Array.from({ length: n }, (_, k) => `(SELECT words FROM temp.phrase WHERE id = (${row} * ${2 * (from + k) * 7919 + 1} + ${row} / ${PHRASES} * ${(from + k) * 104729 + 13}) % ${PHRASES})`).join(" || ' ' || ");
async function fill(site, articles) {
	const triggers = (await site.sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('article', 'article_body')"));
	const phrases = Array.from({ length: PHRASES }, (_, i) => `(${i}, '${text(10)}')`).join(',');
	const title = Array.from({ length: articles > 20000 ? 20000 : articles }, (_, i) => `(${i}, '${text(7)}')`), many = title.length, parts = Math.max(1, Math.round(words / 10));

	await fs.writeFile(site.in('fill.sql'), `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;
${triggers.map((t) => `DROP TRIGGER "${t.name}";`).join('\n')}
CREATE TEMP TABLE phrase (id INTEGER PRIMARY KEY, words TEXT); INSERT INTO phrase VALUES ${phrases};
CREATE TEMP TABLE title (id INTEGER PRIMARY KEY, words TEXT); INSERT INTO title VALUES ${title.join(',')};
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${articles})
INSERT INTO article (id, slug, section_id, access, published_at, rendered_at, title, title_shown, standfirst_text, teaser_text, teaser_html, rendered_hash)
SELECT i, 'a-' || i, 1, 'subscriber', 1500000000 + i * 100, 1, 't', (SELECT words FROM temp.title WHERE id = (i * 7919) % ${many}), ${phrase('i', 1, 2)}, ${phrase('i', 3, parts)}, '', 'h' FROM n;
UPDATE article SET teaser_html = '<p>' || teaser_text || '</p>';
INSERT INTO article_body (article_id, stale, markdown, html) SELECT id, 0, 'x', '<p>' || teaser_text || ' ' || ${phrase('id', 3 + parts, parts)} || '</p>' FROM article;
${triggers.map((t) => `${t.sql};`).join('\n')}
PRAGMA journal_mode = WAL;
`);
	const shell = spawn('sh', ['-c', `sqlite3 '${site.db}' < '${site.in('fill.sql')}' > /dev/null`], { stdio: 'inherit' });
	const [code] = await once(shell, 'exit');
	if (code !== 0) throw new Error(`sqlite3: ${code}`);
}

async function index(site) {
	const worker = spawn(binary, ['--config', site.conf, 'work'], { cwd: site.folder, stdio: 'ignore' });
	const began = performance.now();
	let told = 0;

	for (;;) {
		await new Promise((resolve) => { setTimeout(resolve, 1000); });
		const [state] = await site.sql('SELECT sweeping, swept_id FROM search_state');
		if (state && state.sweeping === 0) break;
		const seconds = Math.floor((performance.now() - began) / 1000);
		if (seconds >= told + 20) console.error(`indexing (${state?.sweeping}): ${state?.swept_id ?? 0} after ${told = seconds} s, ${spent(worker.pid).toFixed(0)} s of processor time`);
	}
	const cpu = spent(worker.pid);
	worker.kill('SIGTERM');
	await once(worker, 'exit');
	return { seconds: (performance.now() - began) / 1000, cpu };
}

// Processor time that a process has taken, in seconds: of all its threads, to the nanosecond.
function spent(pid) {
	return readdirSync(`/proc/${pid}/task`).reduce((sum, t) => sum + Number(readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'utf8').split(' ')[0]) / 1e9, 0);
}

async function archive(articles, keep) {
	const site = await Site.start({ articles: [], nginx: false, serve: false, config: { server: { threads: 1 } } });

	if (keep && existsSync(keep)) {
		for (const end of ['', '-wal', '-shm']) await fs.rm(site.db + end, { force: true });
		await fs.symlink(keep, site.db);
		await site.must('migrate');
	} else {
		let began = performance.now();
		await site.sql("UPDATE section SET id = 1 WHERE slug = 'innovation'");
		await fill(site, articles);
		console.log(`${articles} articles written in ${((performance.now() - began) / 1000).toFixed(0)} s`);
		if (keep) { await site.sql('PRAGMA wal_checkpoint(TRUNCATE)'); await fs.rename(site.db, keep); await fs.symlink(keep, site.db); }
	}
	const { seconds, cpu } = await index(site);
	console.log(`${articles} articles indexed and related in ${seconds.toFixed(0)} s, ${cpu.toFixed(0)} s of processor time`);
	await site.startDaemon();
	await site.until('nothing is left to index', async () => (await site.sql("SELECT 1 FROM change_log, search_state s WHERE kind = 'article' AND change_log.id > s.change_id LIMIT 1")).length === 0, 600000);
	site.cookie = await site.signIn('m@example.org', { plan: 'integral' });
	site.connection = await Connection.open(site.socket);
	site.count = articles;
	return site;
}

const quantile = (times, p) => times[Math.min(times.length - 1, Math.floor(p * times.length))];

async function measure(sites, name, uri) {
	if (!name.includes(process.env.ONLY ?? '')) return;
	const times = sites.map(() => []), cpu = sites.map(() => []);

	for (let i = 0; i < asked; i++)
		for (const [n, site] of sites.entries()) {
			const before = spent(site.daemon.pid), began = performance.now();
			const r = await site.connection.request({ REQUEST_URI: uri(i, site.count), ...(name.startsWith('member') ? { HTTP_COOKIE: site.cookie } : {}) });
			times[n].push(performance.now() - began);
			cpu[n].push(1000 * (spent(site.daemon.pid) - before));
			if (r.status !== 200) throw new Error(`${uri(i, site.count)}: ${r.status}`);
		}
	for (const list of [...times, ...cpu]) list.sort((a, b) => a - b);
	const columns = sites.map((_, n) => `${quantile(times[n], 0.5).toFixed(2).padStart(8)} ${quantile(times[n], 0.99).toFixed(2).padStart(8)} ${quantile(cpu[n], 0.5).toFixed(2).padStart(8)} ${quantile(cpu[n], 0.99).toFixed(2).padStart(8)}`);
	const ratio = sites.length > 1 ? ` ${(quantile(times[0], 0.99) / quantile(times[1], 0.99)).toFixed(2).padStart(8)} ${(quantile(cpu[0], 0.99) / quantile(cpu[1], 0.99)).toFixed(2).padStart(8)}` : '';
	console.log(`${name.padEnd(28)} ${columns.join(' ')}${ratio}`);
}

const sites = [];
try {
	sites.push(await archive(Number(process.env.ARTICLES ?? 100000), process.env.DATABASE));
	if (process.env.SMALL) sites.push(await archive(Number(process.env.SMALL)));
	console.log(`${''.padEnd(28)} ${sites.map((s) => `${s.count} articles`.padEnd(35)).join(' ')}${sites.length > 1 ? ' ratio' : ''}`);
	console.log(`${'milliseconds'.padEnd(28)} ${sites.map(() => '     p50      p99  cpu p50  cpu p99').join(' ')}${sites.length > 1 ? '      p99  cpu p99' : ''}`);
	const q = (s) => `/search?q=${encodeURIComponent(s)}`;
	const three = Array.from({ length: asked }, () => `${ask()} ${ask()} ${ask()}`);
	await measure(sites, 'frequent word', (i) => q(word(COMMON + i % 5)));
	await measure(sites, 'two frequent words', (i) => q(`${word(COMMON + i % 5)} ${word(COMMON + 5 + i % 20)}`));
	await measure(sites, 'a frequent and a rare word', (i) => q(`${word(COMMON + i % 5)} ${word(5000 + i * 7)}`));
	await measure(sites, 'rare word', (i) => q(word(5000 + i * 7)));
	await measure(sites, 'one word of the language', () => q(ask()));
	await measure(sites, 'three words of the language', (i) => q(three[i]));
	await measure(sites, 'unknown word, suggestions', (i) => q(`${word(100 + i)}x`));
	await measure(sites, 'member, frequent word', (i) => q(word(COMMON + i % 5)));
	await measure(sites, 'member, three words', (i) => q(three[i]));
	await measure(sites, 'article', (i, n) => `/innovation/a-${1 + (i * 7) % n}`);
	await measure(sites, 'section', (i) => `/innovation?x=${i}`);
	await measure(sites, 'feed', (i) => `/feed.atom?x=${i}`);
	await measure(sites, 'sitemap index', (i) => `/sitemap.xml?x=${i}`);
} finally {
	for (const site of sites) site.connection?.close();
	for (const site of sites) await site.stop();
}
