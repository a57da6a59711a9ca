// telephone.mjs: pages as a telephone of the middle class sees them (Lighthouse's own simulation), and a plain page that
// the same machine shows at the same time: how busy it is shows on both.
//   const phone = await Telephone.start(p.site);
//   await phone.report(path, settings, slower): Lighthouse's report of a telephone that many times slower than this machine
//   await phone.reference(settings, slower): { report, slower } of the plain page: how much slower it is to be next time
import fs from 'node:fs/promises';
import * as chromeLauncher from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { throttling } from 'lighthouse/core/config/constants.js';
import { ProtocolSession } from 'lighthouse/core/gather/session.js';
import { root } from '../../http/lib/site.mjs';

export const MOST = throttling.mobileSlow4G.cpuSlowdownMultiplier;
const REFERENCE_MS = 250 / MOST; // what the main thread works for the plain page on a quiet machine, about
const NEVER = 2 ** 31 - 1; // the longest that a timer takes: what hangs is ended by tests/run

// Lighthouse gives an answer of the browser 30 seconds, and has no setting for it.
ProtocolSession.prototype.getNextProtocolTimeout = function patient() { return this._nextProtocolTimeout ?? NEVER - 1000; };

const paragraphs = 'Une page sans rien qui puisse être lent : du texte, une feuille de style, une police, deux images. '.repeat(4);
const html = `<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Une page toute simple</title>
<link rel="preload" href="/static/fonts/newsreader-regular-2.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="plain.css">
<h1>Une page toute simple</h1>
${['bibliobus', 'quai'].map((name) => `<img src="${name}.webp" alt="" width="1200" height="800">\n${`<p>${paragraphs}\n`.repeat(8)}`).join('')}</html>
`;
const css = `@font-face { font-family: Newsreader; src: url("/static/fonts/newsreader-regular-2.woff2") format("woff2"); font-display: swap; }
body { max-width: 60ch; margin: 1rem auto; padding: 0 1rem; font: 1.125rem/1.5 Newsreader, serif; }
img { max-width: 100%; height: auto; }
`;

// The site's nginx looks for the files of a theme there, and the publication has none.
async function layOut(site) {
	const folder = site.in('nginx/no-theme/static');

	await fs.mkdir(folder, { recursive: true });
	await fs.writeFile(`${folder}/plain.html`, html);
	await fs.writeFile(`${folder}/plain.css`, css);
	for (const name of ['bibliobus', 'quai']) await fs.cp(`${root}/demo/articles/images/${name}.webp`, `${folder}/${name}.webp`);
}

export class Telephone {
	static async start(site) {
		const phone = new Telephone();

		phone.site = site;
		await layOut(site);
		phone.chrome = await chromeLauncher.launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', maxConnectionRetries: 240,
			chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
		return phone;
	}

	stop() { return this.chrome.kill(); }

	async report(path, settings, slower = MOST) {
		const config = { extends: 'lighthouse:default', settings: { maxWaitForFcp: NEVER, maxWaitForLoad: NEVER, formFactor: 'mobile', ...settings,
			throttling: { ...throttling.mobileSlow4G, cpuSlowdownMultiplier: slower } } };

		// A trace without its beginning, most of all: Lighthouse says itself that it should be run again.
		for (let left = 4; ; left--) {
			const { lhr } = await lighthouse(this.site.url + path, { port: this.chrome.port, output: 'json', logLevel: 'error' }, config);
			if (!lhr.runtimeError) return lhr;
			if (left === 0) throw new Error(`${path}: ${lhr.runtimeError.message}`);
		}
	}

	async reference(settings, slower = MOST) {
		const report = await this.report('/theme/plain.html', settings, slower);
		const worked = report.audits['mainthread-work-breakdown'].numericValue / slower;

		return { report, slower: Math.min(MOST, (MOST * REFERENCE_MS) / worked) };
	}
}
