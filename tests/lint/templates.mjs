// templates.mjs: what a template must keep that the engine cannot see. Usage: node tests/lint/templates.mjs; exit 1 and a
// line for each fault. Texts: same keys in every language, none missing, none unused, French punctuation with its own
// spaces and apostrophes. Templates: raw values only …_html, no inline style or script but JSON-LD, no foreign address loaded.
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../templates');
const faults = [];
const fault = (file, line, what) => faults.push(`templates/${file}:${line}: ${what}`);

const names = fs.readdirSync(root).filter((f) => f.endsWith('.mustache'));
const languages = fs.readdirSync(`${root}/locales`);
const texts = Object.fromEntries(languages.map((f) => [f, JSON.parse(fs.readFileSync(`${root}/locales/${f}`, 'utf8'))]));

const wrong_french = [
	[/\w'\w/, 'straight apostrophe; write ’'],
	[/[^\u202f\s\d&"=/>(][?!;](?=\s|$|<)/u, 'narrow no-break space (U+202F) missing before ? ! ;'],
	[/[ \u00a0][?!;](?=\s|$|<)/u, 'ordinary space before ? ! ;; write U+202F'],
	[/[^\u00a0\s] ?:(?=\s|$)/u, 'no-break space (U+00A0) missing before :'],
	[/«[^\u202f]|[^\u202f]»/u, 'narrow no-break space missing inside « »'],
	[/\d ?%/, 'no-break space missing before %'],
	[/\.\.\./, 'three full points; write …'],
];

// Only what a reader sees: no tags, no Mustache, no entities.
const plain = (s) => s.replace(/\{\{[^}]*\}\}/g, 'x').replace(/<[^>]*>/g, '').replace(/&\w+;/g, 'x');

function french(file, line, text) {
	for (const [pattern, what] of wrong_french) {
		if (pattern.test(plain(text))) fault(file, line, `${what}: ${plain(text).match(pattern)[0]}`);
	}
}

const served = new Set(['date_months', 'date_first', 'price_decimal', 'clock_hours', 'clock_after_date', 'feed_renew_title', 'feed_renew_text_html']); // read by web/{view,page_subscribe,page_feed_private}.c
const asked = new Set();
const markup = [
	[/\sstyle=|<style|\son\w+=/i, 'inline style or script'],
	[/<script(?! type="application\/ld\+json")/i, 'script'],
	[/\ssrc(set)?="https?:|<link[^>]*href="https?:/i, 'something loaded from another host'],
	[/\{\{(\{|&)\s*(?![\w.]*_html\b)/, 'raw value whose name does not end in _html'],
];

// Mail has no style sheet beside it: there styles stand inline. Subjects are asked for by their mail's name.
const mail = /^mail_/, mailMay = 'inline style or script';
for (const file of names) if (mail.test(file) && !/_text|_layout|_article/.test(file)) asked.add(file.replace('.mustache', '_subject'));

for (const file of names) {
	fs.readFileSync(`${root}/${file}`, 'utf8').split('\n').forEach((line, i) => {
		for (const [pattern, what] of markup) if (pattern.test(line) && !(mail.test(file) && what === mailMay)) fault(file, i + 1, what);
		for (const m of line.matchAll(/\{\{>\s*t\/(\w+)/g)) asked.add(m[1]);
		if (file.endsWith('_fr.mustache')) french(file, i + 1, line);
	});
}

// JSON.parse takes the last of two, the daemon refuses to start.
for (const file of languages) {
	const keys = fs.readFileSync(`${root}/locales/${file}`, 'utf8').match(/^\s*"\w+"(?=:)/gm).map((key) => key.trim());
	for (const key of new Set(keys)) if (keys.indexOf(key) !== keys.lastIndexOf(key)) fault(`locales/${file}`, 0, `${key} stands twice`);
}

const all = new Set(Object.values(texts).flatMap(Object.keys));
for (const [file, table] of Object.entries(texts)) {
	for (const key of all) if (!(key in table)) fault(`locales/${file}`, 0, `no text for ${key}`);
	for (const key of asked) if (!(key in table)) fault(`locales/${file}`, 0, `a template asks for ${key}`);
	for (const key of Object.keys(table)) if (!asked.has(key) && !served.has(key)) fault(`locales/${file}`, 0, `${key} is used nowhere`);
	if (file === 'fr.json') Object.entries(table).forEach(([key, text], i) => french(`locales/${file} ${key}`, i + 2, text));
	for (const [key, text] of Object.entries(table)) {
		if (/^nav_/.test(key) && /[<>"{]/.test(text)) fault(`locales/${file}`, 0, `${key} serves as an attribute: no tags or quotes`);
	}
}

if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);
