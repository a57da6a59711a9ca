// site.mjs: a publication of the bench's own: data, keys, daemon, nginx and references, all in one folder, gone at the end.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, '../..');
const build = path.resolve(root, process.env.BUILD ?? 'build');
// The daemon's environment is that of deploy/systemd/poterne.service.
const env = { GLIBC_TUNABLES: 'glibc.malloc.tcache_count=64', TSAN_OPTIONS: `suppressions=${root}/tests/lint/tsan.supp halt_on_error=0`, ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

export const canary = 'zyxcanari';

async function freePort() {
	const server = net.createServer();
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

// One answer as it came: status, headers as [name, value], undecoded body.
export function fetchRaw(port, url, headers = {}) {
	return new Promise((resolve, reject) => {
		const req = http.request({ port, host: '127.0.0.1', path: url, headers: { host: 'localhost', ...headers }, agent: false },
			(res) => {
				const parts = [];
				res.on('data', (part) => parts.push(part));
				res.on('error', reject);
				res.on('end', () => {
					const list = [];
					for (let i = 0; i < res.rawHeaders.length; i += 2)
						list.push([res.rawHeaders[i], res.rawHeaders[i + 1]]);
					resolve({ status: res.statusCode, headers: list, get: (n) => res.headers[n], body: Buffer.concat(parts) });
				});
			});
		req.on('error', reject);
		req.end();
	});
}

// Text with the statistics of French prose: common words often, a tail of rare ones; the same for the same seed.
function prose(words, seed) {
	const syllables = ['ter', 'ri', 'toi', 're', 'com', 'mu', 'ne', 'ser', 'vi', 'ce', 'pu', 'blic', 'é', 'lu', 'ha', 'bi', 'tant',
		'lo', 'cal', 'pro', 'jet', 'bud', 'get', 'fi', 'nan', 'cer', 'é', 'co', 'le', 'can', 'ti', 'ne', 'mar', 'ché', 'tra', 'vail'];
	let s = seed;
	const random = (n) => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return Math.floor((s / 2 ** 32) * n); };
	const stock = ['de', 'la', 'le', 'et', 'les', 'des', 'en', 'du', 'une', 'un', 'que', 'pour', 'dans', 'qui'];
	while (stock.length < 1500)
		stock.push(Array.from({ length: 2 + random(3) }, () => syllables[random(syllables.length)]).join(''));
	const out = [];
	for (let i = 0; i < words; i++)
		out.push(stock[Math.min(random(stock.length), random(stock.length), random(4) ? random(60) : stock.length)]);
	return out;
}

// Paragraphs of about 60 words until there are that many bytes; the canary once in each.
export function body(bytes, seed, word) {
	let html = '';
	for (let i = 0; html.length < bytes; i++)
		html += `<p>${prose(58, seed + i).join(' ')} ${word}.</p>\n`;
	return html;
}

export class Site {
	children = [];

	static async make({ articles, small, readers = 40, threads = 4, cache = '32MiB', disk = '1GiB' }) {
		const site = new Site();
		site.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'poterne-bench-'));
		fs.chmodSync(site.dir, 0o755);
		site.port = await freePort();
		site.articles = articles;
		site.config(threads, cache, disk);
		site.poterne('migrate');
		site.poterne('key', 'new');
		site.fill(articles, small, readers);
		for (const name of ['constant', 'rows', 'mixed'])
			site.compile(name);
		return site;
	}

	file(name) { return path.join(this.dir, name); }
	poterne(...args) {
		return execFileSync(path.join(build, 'poterne'), ['--config', this.file('poterne.conf'), ...args], { encoding: 'utf8', cwd: root }).trim();
	}

	config(threads, cache, disk = '0') {
		const write = (name, text) => fs.writeFileSync(this.file(name), text);
		for (const folder of ['keys', 'media', 'www', 'temp'])
			fs.mkdirSync(this.file(folder), { recursive: true, mode: folder === 'keys' ? 0o700 : 0o755 });
		write('poterne.conf', `[site]\nname = Banc d'essai\nurl = http://localhost:${this.port}\n\n[paths]\n`
			+ `database = ${this.file('bench.db')}\nkeys = ${this.file('keys')}\nmedia = ${this.file('media')}\n`
			+ `templates = ${root}/templates\nsql = ${root}/sql\nstatic = ${root}/static\npasswords = ${root}/share/common-passwords.txt\n\n[server]\n`
			+ `socket = ${this.file('app.sock')}\nthreads = ${threads}\n\n[cache]\npages = ${cache}\ndisk = ${disk}\n`);
	}

	compile(name) {
		const libraries = { constant: ['-lfcgi'], rows: ['-lsqlite3'], mixed: [] }[name];
		execFileSync(process.env.CC ?? 'gcc', ['-O2', '-std=c17', '-D_GNU_SOURCE', '-pthread', '-o', this.file(name),
			path.join(here, `${name}.c`), ...libraries]);
	}

	sql(text) {
		return execFileSync('sqlite3', ['-batch', '-bail', '-cmd', '.timeout 10000', this.file('bench.db')], { input: text, encoding: 'utf8', maxBuffer: 1 << 26 });
	}

	// Article 1 is long (30 KB), the others short; all closed, rendered, in one section, ids 1 to articles.
	fill(articles, small, readers) {
		fs.writeFileSync(this.file('long.html'), body(30000, 1, canary));
		fs.writeFileSync(this.file('short.html'), body(small, 1000, canary));
		fs.writeFileSync(this.file('teaser.html'), body(small / 5, 1000, 'suite'));
		const seed = fs.readFileSync(path.join(here, 'seed.sql'), 'utf8');
		// Without triggers and indexes, which come back as they were, a million articles take a minute instead of ten.
		const schema = "FROM sqlite_master WHERE type = 'trigger' OR (type = 'index' AND sql IS NOT NULL)";
		const drop = this.sql(`SELECT 'DROP ' || type || ' ' || name || ';' ${schema};`);
		const again = this.sql(`SELECT sql || ';' ${schema} ORDER BY rowid;`);
		this.sql(drop + seed.replaceAll('@DIR@', this.dir).replaceAll('@ARTICLES@', String(articles)).replaceAll('@READERS@', String(readers)) + again
			+ 'PRAGMA wal_checkpoint(TRUNCATE);');
	}

	session(email) { return this.poterne('session', 'issue', email).split('\n').pop().trim(); }

	start(name, command, args, options = {}) {
		const child = spawn(command, args, { stdio: ['pipe', 'pipe', fs.openSync(this.file(`${name}.log`), 'a')], env, cwd: root, ...options });
		child.name = name;
		this.children.push(child);
		child.exited = new Promise((resolve) => child.on('exit', (code, signal) => { child.gone = `${code ?? signal}`; resolve(); }));
		return child;
	}

	// Resolves when the child has written a line.
	ready(child) {
		return new Promise((resolve, reject) => {
			child.stdout.once('data', resolve);
			child.exited.then(() => reject(new Error(`${child.name} ended: ${fs.readFileSync(this.file(`${child.name}.log`), 'utf8').slice(-800)}`)));
		});
	}

	// Milliseconds from exec to the first connection taken. under: a program that runs it, with its arguments.
	async serve(under = []) {
		const began = performance.now();
		const [command, ...args] = [...under, path.join(build, 'poterne'), '--config', this.file('poterne.conf'), 'serve'];
		this.daemon = this.start('daemon', command, args);
		this.daemon.stdout.resume();
		for (;;) {
			if (this.daemon.gone)
				throw new Error(`the daemon ended: ${fs.readFileSync(this.file('daemon.log'), 'utf8').slice(-800)}`);
			const up = await new Promise((resolve) => {
				const socket = net.connect(this.file('app.sock'), () => { socket.destroy(); resolve(true); });
				socket.on('error', () => resolve(false));
			});
			if (up)
				return performance.now() - began;
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
	}

	// nginx with the shipped lanes, and beside them the references with the very same settings.
	async proxy() {
		const front = this.file('front');
		execFileSync('sh', [path.join(root, 'deploy/nginx/local.sh'), front, String(this.port), this.file('app.sock'),
			path.join(root, 'static'), this.file('media')], { env: { ...env, ERROR_LOG: this.file('nginx.log') } });
		const snippet = fs.readFileSync(path.join(front, 'snippets/poterne-fastcgi.conf'), 'utf8');
		const pool = /upstream poterne \{([^}]*)\}/.exec(fs.readFileSync(path.join(front, 'snippets/poterne-http.conf'), 'utf8'))[1];
		let upstreams = '', locations = `location = /teaser { default_type text/html; root ${this.file('www')};\n${this.statics ?? ''}\n}\n`;
		for (const name of ['br', 'identity']) {
			fs.writeFileSync(path.join(front, `snippets/${name}.conf`), snippet.replace('fastcgi_pass poterne;', `fastcgi_pass ${name};`));
			upstreams += `upstream ${name} {${pool.replace('app.sock', `${name}.sock`)}}\n`;
			locations += `location = /constant-${name} { include snippets/${name}.conf; }\n`;
		}
		const conf = path.join(front, 'nginx.conf');
		fs.writeFileSync(conf, fs.readFileSync(conf, 'utf8').replace('\n\tserver {', `\n${upstreams}\n\tserver {\n${locations}`));
		if (this.uncached)
			fs.writeFileSync(path.join(front, 'snippets/poterne-http.conf'), fs.readFileSync(path.join(front, 'snippets/poterne-http.conf'), 'utf8')
				.replaceAll('@poterne_anonymous;', '@poterne_member;'));
		this.nginx = this.start('nginx', 'nginx', ['-p', front, '-c', conf, '-e', this.file('nginx.log')]);
		for (let i = 0; ; i++) {
			if (this.nginx.gone || i > 500)
				throw new Error(`nginx ended: ${fs.readFileSync(this.file('nginx.log'), 'utf8').slice(-800)}`);
			try {
				await fetchRaw(this.port, '/nothing');
				return;
			} catch {
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		}
	}

	// A constant responder for the bytes of that answer, on the socket that nginx knows as /constant-NAME.
	async constant(name, answer) {
		const own = /^(server|date|connection|keep-alive|transfer-encoding|x-lane)$/i;
		const head = answer.headers.filter(([n]) => !own.test(n)).map(([n, v]) => `${n}: ${v}\r\n`).join('');
		fs.writeFileSync(this.file(`${name}.answer`), Buffer.concat([Buffer.from(`Status: 200 OK\r\n${head}\r\n`), answer.body]));
		const child = this.start(`constant-${name}`, this.file('constant'), [this.file(`${name}.sock`), this.file(`${name}.answer`)]);
		await this.ready(child);
		return child;
	}

	// The same bytes as a file of nginx, with the same headers.
	file_reference(answer) {
		const own = /^(server|date|connection|keep-alive|transfer-encoding|content-length|content-type|etag|last-modified|accept-ranges|x-lane)$/i;
		fs.writeFileSync(this.file('www/teaser'), answer.body);
		this.statics = answer.headers.filter(([n]) => !own.test(n))
			.map(([n, v]) => `add_header ${n} '${v.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}' always;`).join('\n\t\t\t');
	}

	async reload() {
		await this.stop(this.nginx);
		await this.proxy();
	}

	async stop(child) {
		if (!child || child.gone)
			return;
		child.stdin.end();
		child.kill(child.name === 'nginx' ? 'SIGQUIT' : 'SIGTERM');
		const late = setTimeout(() => child.kill('SIGKILL'), 15000);
		await child.exited;
		clearTimeout(late);
	}

	async close(keep) {
		for (const child of this.children.reverse())
			await this.stop(child);
		if (keep)
			console.log(`kept ${this.dir}`);
		else
			fs.rmSync(this.dir, { recursive: true, force: true });
	}
}
