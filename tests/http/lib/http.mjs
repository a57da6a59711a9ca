// http.mjs: an HTTP client that hides nothing: no redirects, no decoding, no retries.
import { randomInt } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { HANG, within } from './until.mjs';

// { status, headers (node's: small names, set-cookie an array), rawHeaders, body (Buffer), text }.
// options: method, headers, cookie, body, agent, ms, from (our address, of 127.0.0.0/8); Host is localhost:PORT unless
// headers say otherwise.
export function request(port, path, { method = 'GET', headers = {}, cookie, body, agent = false, ms = HANG, from } = {}) {
	const all = { Host: `localhost:${port}`, ...headers };

	if (cookie !== undefined) all.Cookie = cookie;
	if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
	return within(`${method} ${path}`, ms, new Promise((resolve, reject) => {
		const req = http.request({ host: '127.0.0.1', port, path, method, headers: all, agent, localAddress: from }, (res) => {
			const parts = [];
			res.on('data', (part) => parts.push(part));
			res.on('error', reject);
			res.on('end', () => {
				const bytes = Buffer.concat(parts);
				resolve({ status: res.statusCode, headers: res.headers, rawHeaders: res.rawHeaders, body: bytes, text: bytes.toString() });
			});
		});
		req.on('error', (error) => reject(Object.assign(error, { reused: req.reusedSocket && error.code === 'ECONNRESET' })));
		req.end(body);
	}));
}

// A form as a browser sends it from our own page.
export function post(port, path, fields, { headers = {}, ...options } = {}) {
	return request(port, path, { method: 'POST', body: new URLSearchParams(fields).toString(), ...options,
		headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: `http://localhost:${port}`, 'Sec-Fetch-Site': 'same-origin', ...headers } });
}

// Sends bytes as they are (string: latin1) to a port or a socket path; all that comes back until the other side closes.
export function raw(where, bytes, ms = HANG) {
	return within('end of the raw answer', ms, new Promise((resolve, reject) => {
		const socket = typeof where === 'number' ? net.createConnection(where, '127.0.0.1') : net.createConnection(where);
		const parts = [];
		socket.on('data', (part) => parts.push(part));
		socket.on('error', reject);
		socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
		socket.write(Buffer.from(bytes, 'latin1'));
	}));
}

// A port that nobody listens on now. Below those that the kernel gives to connections, any of which could take it before
// it is listened on.
export async function freePort() {
	for (;;) {
		const port = randomInt(10000, 32768), server = net.createServer();
		const free = await new Promise((resolve) => {
			server.on('error', () => resolve(false));
			server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
		});
		if (free) return port;
	}
}

// Readers who open pages without a pause until stop(); then { requests, failures: [...] }. A request fails unless its
// status is one of `good` and its body whole. Half of the clients keep their connection.
export class Load {
	constructor(port, { paths = ['/'], clients = 8, good = [200], headers = {} } = {}) {
		Object.assign(this, { port, paths, good, headers, requests: 0, failures: [], reopened: 0, stopped: false });
		this.agents = Array.from({ length: clients }, (_, i) => (i % 2 === 0 ? new http.Agent({ keepAlive: true, maxSockets: 1 }) : undefined));
		this.done = Promise.all(this.agents.map((agent, i) => this.read(agent ?? false, i)));
	}

	async read(agent, i) {
		while (!this.stopped) {
			const path = this.paths[i++ % this.paths.length];
			try {
				const r = await request(this.port, path, { agent, headers: this.headers });
				if (!this.good.includes(r.status)) this.failures.push(`${path}: ${r.status}`);
			} catch (error) {
				// A kept connection that the server closes while it is idle: every browser asks again (RFC 9112, 9.3.1).
				if (error.reused) this.reopened++;
				else this.failures.push(`${path}: ${error.message}`);
			}
			this.requests++;
		}
	}

	async stop() {
		this.stopped = true;
		await this.done;
		for (const agent of this.agents) agent?.destroy();
		return { requests: this.requests, failures: this.failures };
	}
}
