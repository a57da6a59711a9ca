// fastcgi.mjs: a FastCGI client over a Unix socket, to speak with the daemon without nginx.
//   const answer = await fastcgi(site.socket, { REQUEST_METHOD: 'GET', REQUEST_URI: '/' });      one request
//   const c = await Connection.open(site.socket); await c.request(params, body); c.close();      kept connection
// The records can also be built one by one (record, pairs) and sent with c.write, to send what is wrong.
import net from 'node:net';
import { HANG, within } from './until.mjs';

export const BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7;

export function record(type, content = Buffer.alloc(0), id = 1) {
	const head = Buffer.from([1, type, id >> 8, id & 255, content.length >> 8, content.length & 255, 0, 0]);

	return Buffer.concat([head, content]);
}

// Long content in several records.
function stream(type, content, id) {
	const parts = [];

	for (let at = 0; at < content.length; at += 65535) parts.push(record(type, content.subarray(at, at + 65535), id));
	return Buffer.concat([...parts, record(type, undefined, id)]);
}

function length(n) {
	const long = Buffer.alloc(4);

	if (n < 128) return Buffer.from([n]);
	long.writeUInt32BE((n | 0x80000000) >>> 0);
	return long;
}

export function pairs(params) {
	return Buffer.concat(Object.entries(params).flatMap(([name, value]) => {
		const n = Buffer.from(name), v = Buffer.from(String(value));
		return [length(n.length), length(v.length), n, v];
	}));
}

const defaults = { REQUEST_METHOD: 'GET', REQUEST_URI: '/', SERVER_PROTOCOL: 'HTTP/1.1', GATEWAY_INTERFACE: 'CGI/1.1', REMOTE_ADDR: '127.0.0.1' };

// All records of one request. params are added to sensible defaults; null takes one out.
export function requestBytes(params = {}, body = '', { keep = true, id = 1 } = {}) {
	const bytes = Buffer.from(body);
	const all = { ...defaults, CONTENT_LENGTH: bytes.length || '', ...params };

	for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
	return Buffer.concat([record(BEGIN, Buffer.from([0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0]), id),
		stream(PARAMS, pairs(all), id), stream(STDIN, bytes, id)]);
}

// What a CGI program printed: { status, headers (small names, arrays for Set-Cookie), body (Buffer), text }.
export function parseAnswer(bytes) {
	const at = bytes.indexOf('\r\n\r\n');
	const headers = {};

	if (at < 0) return { status: 0, headers, body: bytes, text: bytes.toString() };
	for (const line of bytes.subarray(0, at).toString('latin1').split('\r\n')) {
		const [, name, value] = /^([^:]*):\s*(.*)$/.exec(line) ?? [undefined, 'malformed', line];
		const key = name.toLowerCase();
		if (key === 'set-cookie') (headers[key] ??= []).push(value);
		else headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
	}
	const body = bytes.subarray(at + 4);
	return { status: Number.parseInt(headers.status ?? '200', 10), headers, body, text: body.toString() };
}

export class Connection {
	static async open(path) {
		const c = new Connection();

		c.socket = net.createConnection(path);
		await new Promise((resolve, reject) => c.socket.once('connect', resolve).once('error', reject));
		c.socket.on('error', () => {});
		c.received = Buffer.alloc(0);
		c.waiting = [];
		c.ended = false;
		c.socket.on('data', (bytes) => { c.received = Buffer.concat([c.received, bytes]); c.wake(); });
		c.socket.on('close', () => { c.ended = true; c.wake(); });
		return c;
	}

	wake() { for (const go of this.waiting.splice(0)) go(); }
	write(bytes) { this.socket.write(bytes); }
	close() { this.socket.destroy(); }

	// Next record, { type, id, content }; null when the daemon has closed the connection.
	async next(ms = HANG) {
		for (;;) {
			if (this.received.length >= 8) {
				const size = this.received.readUInt16BE(4), whole = 8 + size + this.received[6];
				if (this.received.length >= whole) {
					const r = { type: this.received[1], id: this.received.readUInt16BE(2), content: this.received.subarray(8, 8 + size) };
					this.received = this.received.subarray(whole);
					return r;
				}
			}
			if (this.ended) return null;
			await within('record of the daemon', ms, new Promise((go) => this.waiting.push(go)));
		}
	}

	// The answer to one request, whose records have been written: as parseAnswer, and complete (END_REQUEST came).
	async answer(ms = HANG) {
		const parts = [];

		for (;;) {
			const r = await this.next(ms);
			if (r?.type === STDOUT) parts.push(r.content);
			else if (r === null || r.type === END)
				return { ...parseAnswer(Buffer.concat(parts)), complete: r !== null, appStatus: r?.content.readUInt32BE(0) };
		}
	}

	async request(params, body, options) {
		this.write(requestBytes(params, body, options));
		return await this.answer(options?.ms);
	}
}

export async function fastcgi(path, params, body) {
	const c = await Connection.open(path);

	try {
		return await c.request(params, body, { keep: false });
	} finally {
		c.close();
	}
}
