/* site.mjs: a whole site for one test file: own folder, own database, daemon and nginx on a port of their own.
 *
 *	import assert from 'node:assert/strict';
 *	import { after, before, test } from 'node:test';
 *	import { Site } from './lib/site.mjs';
 *
 *	let site;
 *	before(async () => { site = await Site.start(); });
 *	after(() => site?.stop());
 *
 *	test('LK1_paid_text_stays_inside', async () => {
 *		const cookie = await site.signIn('member@example.org', { plan: 'integral' });
 *		assert.equal((await site.get('/innovation/paye')).status, 200);
 *		assert.match((await site.get('/innovation/paye', { cookie })).text, /CANARI/);
 *		site.sql("UPDATE article SET withdrawn_at = unixepoch() WHERE slug = 'paye'");   // a promise of rows
 *		await site.until('410', async () => (await site.get('/innovation/paye')).status === 410);
 *	});
 *
 * Site.start(options): articles: files or folders to import (default tests/http/fixture; [] for none); demo: true lays
 * out the whole demo instead; nginx: false leaves it out; config: { section: { key: value } }; held: true runs the daemon
 * under hold_socket, which keeps the listening socket over restarts; wrap: ['prlimit', '--nofile=64'] before the daemon's
 * command; env; serve: false starts nothing yet; forms: how many forms and account pages nginx lets one address ask for a second.
 * Sections, plans and authors are those of demo/sql/001_publication.sql.
 *
 * get, post, request, raw(bytes): through nginx (lib/http.mjs). fastcgi(params, body): past nginx (lib/fastcgi.mjs). What is
 * posted is posted again when the answer is to come again: a disk may be slow, nginx takes so many forms a second;
 * { once: true } takes the first answer.
 * poterne(...args): the command line, { code, stdout, stderr }. sql(text): the sqlite3 shell, rows as objects.
 * metrics(): name → number. signal('SIGHUP'), restart(), stopDaemon(), startDaemon(). log: what the daemon has printed.
 * stop() ends all by process id, removes the folder, and throws when a sanitizer has complained or the daemon crashed.
 * Tests run with the program in $BUILD (default build). Wait with site.until(what, condition), never with a sleep.
 */
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fastcgi } from './fastcgi.mjs';
import { Load, freePort, post, raw, request } from './http.mjs';
import { Program, checkSanitizers, run } from './program.mjs';
import { HANG, again, until } from './until.mjs';

export const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../../..');
export const build = path.resolve(root, process.env.BUILD ?? 'build');
export const binary = path.join(build, 'poterne');

// Sanitizers end the program with 99, which no test takes for a refusal.
const sanitizers = { ASAN_OPTIONS: 'exitcode=99:detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
	TSAN_OPTIONS: `exitcode=99:suppressions=${root}/tests/lint/tsan.supp` };

function confText(sections) {
	return Object.entries(sections).map(([name, keys]) => `[${name}]\n${Object.entries(keys).map(([k, v]) => `${k} = ${v}\n`).join('')}`).join('\n');
}

export class Site {
	static async start(options = {}) {
		const site = new Site();

		site.options = { articles: [path.join(root, 'tests/http/fixture')], nginx: true, config: {}, env: {}, serve: true, ...options };
		site.folder = await fs.mkdtemp(path.join(os.tmpdir(), 'poterne-test.'));
		try {
			site.port = await freePort();
			await site.layOut();
			if (site.options.serve) await site.startAll();
		} catch (error) {
			await site.stop().catch(() => {});
			throw error;
		}
		return site;
	}

	in(name) { return path.join(this.folder, name); }
	get url() { return `http://localhost:${this.port}`; }
	get conf() { return this.in('poterne.conf'); }
	get db() { return this.in('poterne.db'); }
	get socket() { return this.in('poterne.sock'); }
	get env() { return { ...sanitizers, ...this.options.env }; }
	get log() { return this.daemon?.stderr ?? ''; }
	until(what, test, ms) { return until(what, test, ms); }

	async layOut() {
		const own = this.options.config;
		const sections = { site: { name: 'Le Perron', url: this.url, ...own.site },
			paths: { database: this.db, keys: this.in('keys'), media: this.in('media'), templates: `${root}/templates`,
				static: `${root}/static`, passwords: `${root}/share/common-passwords.txt`, sql: `${root}/sql`, scripts: `${root}/demo/sql`, ...own.paths },
			server: { socket: this.socket, ...own.server } };

		sections.images = { widths: '', ...own.images }; // a second of work for each image: only where it is looked at
		sections.mail = { folder: this.in('mail'), from: 'redaction@example.org', timeout: '2m', ...own.mail };
		for (const name of Object.keys(own)) sections[name] ??= own[name];
		await fs.mkdir(this.in('media'));
		await fs.mkdir(this.in('mail'));
		await fs.writeFile(this.conf, confText(sections), { mode: 0o600 });
		await this.must('key', 'new');
		await this.must('migrate');
		if (this.options.demo) await this.must('article', 'import', `${root}/demo/articles`);
		else if (this.options.articles.length > 0) await this.must('article', 'import', ...this.options.articles);
	}

	// The command line: { code, stdout, stderr }. The last argument may be an object of options (env, input, timeout).
	// Again when it found the database locked for two seconds: the daemon writes too, and a disk may take that long.
	poterne(...args) {
		const options = typeof args.at(-1) === 'object' ? args.pop() : {};

		return until('a database that is not locked', async () => {
			const r = await run(binary, ['--config', this.conf, ...args], { cwd: this.folder, ...options, env: { ...this.env, ...options.env } });
			return !(r.code === 1 && /: database is locked$/m.test(r.stderr)) && r;
		});
	}

	// The same, and an error unless it exits 0; what it printed.
	async must(...args) {
		const r = await this.poterne(...args);

		if (r.code !== 0) throw new Error(`poterne ${args.join(' ')}: exit ${r.code ?? r.signal}\n${r.stdout}${r.stderr}`);
		return r.stdout;
	}

	// What an administrator types into the sqlite3 shell.
	async sql(text) {
		const r = await run('sqlite3', ['-batch', '-bail', '-json', '-cmd', `.timeout ${HANG}`, this.db], { input: text });

		if (r.code !== 0) throw new Error(r.stderr.trim());
		return r.stdout.trim() === '' ? [] : JSON.parse(r.stdout);
	}

	// Makes an account (and a period of a plan), and returns a cookie for it.
	// from and until are SQL expressions of seconds, "unixepoch() - 86400"; grace is in seconds.
	async signIn(email, { plan, from = 'unixepoch() - 86400', until: end = 'unixepoch() + 86400', grace = 0 } = {}) {
		await this.sql(`INSERT INTO subscriber (email) SELECT '${email}' WHERE NOT EXISTS (SELECT 1 FROM subscriber WHERE email = '${email}');`);
		if (plan) {
			await this.sql(`INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at, grace_s)
				SELECT s.id, p.id, ${from}, ${end}, ${grace} FROM subscriber s, plan p WHERE s.email = '${email}' AND p.slug = '${plan}';`);
		}
		return (await this.must('session', 'issue', email)).trim();
	}

	async startDaemon() {
		const serve = [binary, '--config', this.conf, 'serve'];
		const held = this.options.held ? [path.join(build, 'tools/hold_socket'), this.socket] : [];
		const args = [...held, ...(this.options.wrap ?? []), ...serve];

		this.daemon = new Program('daemon', args[0], args.slice(1), { cwd: this.folder, env: this.env });
		await this.serving(this.daemon);
	}

	// Until the daemon answers a request of its own.
	async serving(program) {
		await until('the daemon answers', async () => {
			if (!program.running) throw new Error(program.output);
			return (await this.fastcgi({ REQUEST_URI: '/healthz' })).status === 200;
		}).catch((error) => { throw new Error(`${error.message}\n${program.output}`); });
	}

	async startNginx() {
		const laid = await run('sh', [`${root}/deploy/nginx/local.sh`, this.in('nginx'), String(this.port), this.socket, `${root}/static`, this.in('media')],
			{ env: { WORKERS: '1', ...(this.options.config.paths?.theme && { THEME: this.options.config.paths.theme }), ACCESS_LOG: `${this.in('access.log')} poterne` } });
		if (laid.code !== 0) throw new Error(laid.stderr);
		if (this.options.forms) {
			const file = this.in('nginx/snippets/poterne-http.conf');
			await fs.writeFile(file, (await fs.readFile(file, 'utf8')).replace('rate=5r/s', `rate=${this.options.forms}r/s`));
		}
		await this.patientNginx();
		this.nginx = new Program('nginx', 'nginx', ['-p', this.in('nginx'), '-c', this.in('nginx/nginx.conf'), '-e', 'stderr']);
		await until('nginx answers', async () => {
			if (!this.nginx.running) throw new Error(this.nginx.output);
			return await this.get('/static/logo.svg');
		});
	}

	// Its limits in time are for readers; here they would tell how busy the machine is.
	async patientNginx() {
		for (const name of ['poterne-site', 'poterne-fastcgi']) {
			const file = this.in(`nginx/snippets/${name}.conf`);
			await fs.writeFile(file, (await fs.readFile(file, 'utf8')).replace(/^(\S+_timeout) \d+s;/gm, `$1 ${HANG}ms;`));
		}
	}

	async startAll() {
		await this.startDaemon();
		if (this.options.nginx) await this.startNginx();
	}

	signal(name) { this.daemon.kill(name); }

	// Ends the daemon; an error unless it ended by itself with 0.
	async stopDaemon() {
		const d = this.daemon;

		if (!d) return;
		this.daemon = undefined;
		const end = await d.stop();
		checkSanitizers(d);
		if (end.code !== 0) throw new Error(`the daemon ended with ${end.code ?? end.signal}\n${d.output}`);
	}

	async restart() {
		await this.stopDaemon();
		await this.startDaemon();
	}

	async stop() {
		try {
			if (this.nginx) await this.nginx.stop('SIGTERM');
			await this.stopDaemon();
		} finally {
			if (existsSync(this.folder)) await fs.rm(this.folder, { recursive: true, force: true });
		}
	}

	get(where, options) { return request(this.port, where, options); }
	head(where, options) { return request(this.port, where, { ...options, method: 'HEAD' }); }
	request(where, options) { return request(this.port, where, options); }
	post(where, fields, { once, ...options } = {}) {
		const ask = () => post(this.port, where, fields, options);

		return once ? ask() : again(ask, [429, 503]);
	}

	raw(bytes, ms) { return raw(this.port, bytes, ms); }
	load(options) { return new Load(this.port, options); }

	// One request past nginx. Params are FastCGI's: REQUEST_METHOD, REQUEST_URI, HTTP_COOKIE, …
	fastcgi(params, body) {
		const ask = () => fastcgi(this.socket, params, body);

		return params.REQUEST_METHOD === 'POST' ? again(ask) : ask();
	}

	// { 'poterne_http_requests_total{code="2xx"}': 12, … }; requests: the sum of all answers, this one not counted.
	async metrics() {
		const { text } = await this.fastcgi({ REQUEST_URI: '/metrics' });
		const all = {};

		for (const line of text.split('\n')) {
			const m = /^([a-z_]+(?:\{[^}]*\})?) ([-+0-9.e]+)$/.exec(line);
			if (m) all[m[1]] = Number(m[2]);
		}
		all.requests = Object.keys(all).filter((k) => k.startsWith('poterne_http_requests_total')).reduce((n, k) => n + all[k], 0);
		return all;
	}
}
