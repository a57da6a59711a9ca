// visitor.mjs: a browser past nginx, with its own cookies, address and device, for tests of forms and accounts.
// What is posted is posted again when the answer is to come again; ask() does not.
//   const v = new Visitor(site, { from: '203.0.113.7' });
//   await v.get('/login'); await v.post('/login', { email }); const mail = await lastMail(site, email);
import { fastcgi } from './fastcgi.mjs';
import { again } from './until.mjs';

export class Visitor {
	constructor(site, { from = '192.0.2.1', agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' } = {}) {
		Object.assign(this, { site, from, agent, jar: new Map() });
	}

	copy() { const other = new Visitor(this.site, { from: this.from, agent: this.agent }); other.jar = new Map(this.jar); return other; }

	// { status, headers, text, title, path }: path is where a redirect leads, on this site.
	async ask(method, path, fields, extra = {}) {
		const params = { REQUEST_METHOD: method, REQUEST_URI: path, REMOTE_ADDR: this.from, HTTP_USER_AGENT: this.agent,
			HTTP_COOKIE: [...this.jar].map(([k, v]) => `${k}=${v}`).join('; '),
			...(method === 'POST' ? { CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_SEC_FETCH_SITE: 'same-origin' } : {}), ...extra };
		const r = await fastcgi(this.site.socket, params, fields === undefined ? '' : new URLSearchParams(fields).toString());

		for (const line of r.headers['set-cookie'] ?? []) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			if (/Max-Age=0(;|$)/i.test(line)) this.jar.delete(name);
			else this.jar.set(name, value);
		}
		const where = r.headers.location;
		return { ...r, title: /<h1[^>]*>(.*?)<\/h1>/s.exec(r.text)?.[1], path: where?.startsWith(this.site.url) ? where.slice(this.site.url.length) : where };
	}

	get(path, extra) { return this.ask('GET', path, undefined, extra); }
	post(path, fields = {}, extra) { return again(() => this.ask('POST', path, fields, extra)); }

	// Signs in by the code of a mail.
	async signIn(email, next = '/') {
		await this.post('/login', { email, next });
		return await this.post('/login/code', { code: (await lastMail(this.site, email)).code });
	}
}

// What waits for an address in the outbox: { template, link, path, code, … } of the newest, or undefined.
export async function lastMail(site, email) {
	const rows = await site.sql(`SELECT template, data FROM outbox WHERE recipient = lower('${email}') ORDER BY id DESC LIMIT 1;`);

	if (rows.length === 0) return undefined;
	const data = JSON.parse(rows[0].data);
	return { template: rows[0].template, ...data, path: data.link?.slice(site.url.length) };
}
