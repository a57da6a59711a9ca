// preview.mjs: renders the shipped templates with sample views to plain files, to be looked at in a browser.
// Usage: node tests/tools/preview.mjs OUT [LANGUAGE]. Needs nothing but node; the daemon's own engine is src/format/template.c.
import fs from 'node:fs';
import path from 'node:path';
import { views } from './views.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const out = path.resolve(process.argv[2] ?? 'preview');
const language = process.argv[3] ?? 'fr';
const locale = JSON.parse(fs.readFileSync(`${root}/templates/locales/${language}.json`, 'utf8'));
const parsed = new Map();

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (s) => String(s).replace(/[&<>"']/g, (c) => escapes[c]);

function parse(source, name) {
	const tag = /\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{([#^/>&!<$]?)\s*([^}]*?)\s*\}\}/g;
	const top = { kind: 'top', kids: [] };
	const open = [top];
	// A section, comment or partial alone on its line takes the line with it.
	const text = source.replace(/^[ \t]*(\{\{[#^/>!<$][^}]*\}\})[ \t]*\n/gm, '$1');
	let at = 0;
	for (const m of text.matchAll(tag)) {
		const now = open.at(-1);
		if (m.index > at) now.kids.push({ kind: 'text', text: text.slice(at, m.index) });
		at = m.index + m[0].length;
		if (m[1]) { now.kids.push({ kind: 'raw', key: m[1] }); continue; }
		const [, , sigil, key] = m;
		if (sigil === '!') continue;
		if (sigil === '/') {
			if (open.length < 2 || open.pop().key !== key) throw new Error(`${name}: stray {{/${key}}}`);
			continue;
		}
		const node = { kind: sigil || 'var', key, kids: [] };
		now.kids.push(node);
		if ('#^<$'.includes(sigil) && sigil) open.push(node);
	}
	if (open.length > 1) throw new Error(`${name}: {{${open.at(-1).key}}} is not closed`);
	top.kids.push({ kind: 'text', text: text.slice(at) });
	return top;
}

function template(name) {
	if (!parsed.has(name)) {
		const source = name.startsWith('t/') ? locale[name.slice(2)]
			: fs.readFileSync(`${root}/templates/${name}.mustache`, 'utf8');
		if (source === undefined) throw new Error(`no text ${name} in ${language}.json`);
		parsed.set(name, parse(source, name));
	}
	return parsed.get(name);
}

function find(stack, key) {
	const [head, ...rest] = key.split('.');
	const frame = stack.findLast((f) => f !== null && typeof f === 'object' && head in f);
	return rest.reduce((v, k) => v?.[k], frame?.[head]);
}

function render(node, stack, blocks) {
	return node.kids.map((n) => {
		switch (n.kind) {
		case 'text': return n.text;
		case 'var': return escape(find(stack, n.key) ?? '');
		case 'raw': {
			if (!n.key.endsWith('_html')) throw new Error(`raw value ${n.key}`);
			return find(stack, n.key) ?? '';
		}
		case '>': return render(template(n.key), stack, {});
		case '<': {
			const given = Object.fromEntries(n.kids.filter((k) => k.kind === '$').map((k) => [k.key, k]));
			return render(template(n.key), stack, { ...given, ...blocks });
		}
		case '$': return render(blocks[n.key] ?? n, stack, blocks);
		case '^': case '#': {
			const value = find(stack, n.key);
			const empty = !value || (Array.isArray(value) && value.length === 0);
			if (n.kind === '^') return empty ? render(n, stack, blocks) : '';
			if (empty) return '';
			return [].concat(value).map((v) => render(n, [...stack, v], blocks)).join('');
		}
		default: throw new Error(n.kind);
		}
	}).join('');
}

fs.mkdirSync(out, { recursive: true });
for (const [name, { template: file, view }] of Object.entries(views(language))) {
	fs.writeFileSync(`${out}/${name}.html`, render(template(file), [view], {}));
}
