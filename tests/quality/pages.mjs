// pages.mjs: every kind of page, as every reader who gets it, in a real browser: axe-core in light, dark and print; no
// sideways scrolling at 320 pixels or with text twice as large; what the Tab key reaches, in which order, and how it shows.
// Each page is opened once, in one of two tabs, and asked all of it; ONLY_PAGE names one of them. SHOTS names a folder for pictures.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch } from '../browser/lib/browser.mjs';
import { root } from '../http/lib/site.mjs';
import { Publication } from './lib/publication.mjs';
import { together } from './lib/workers.mjs';

const axe = await fs.readFile(`${root}/tests/node_modules/axe-core/axe.min.js`, 'utf8');
const faults = { axe_light: [], axe_dark: [], axe_print: [], narrow: [], large_text: [], keyboard: [], wide: [], third_parties: [], status: [], weight: [] };
let p, browser;
const seen = [], kinds = new Set();

before(async () => {
	p = await Publication.start();
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await p?.stop();
});

// Rules that look at how things are shown; all others judge the document, which is the same in every medium.
const looks = ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable', 'css-orientation-lock', 'hidden-content'];

async function violations(page, rules) {
	return await page.evaluate(async (values) => {
		const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'], ...(values ? { runOnly: { type: 'rule', values } } : {}) });
		return found.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.replace(/\s+/g, ' ').slice(0, 200)} ${v.nodes[0].failureSummary.slice(0, 240)}`);
	}, rules);
}

// Elements wider than the page, when the page scrolls sideways.
const tooWide = (page) => page.evaluate(() => (document.documentElement.scrollWidth <= window.innerWidth ? [] : [
	`${document.documentElement.scrollWidth} > ${window.innerWidth}: ${[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
		.slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(' ')}`]));

// WCAG 1.4.12 and 1.4.4: nothing is cut off when text grows: no box that hides what overflows it.
const cutOff = (page) => page.evaluate(() => [...document.querySelectorAll('main *, header *, footer *')]
	.filter((e) => { const s = getComputedStyle(e); return ['hidden', 'clip'].includes(s.overflowY) && !e.closest('.vh, svg') && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 2 && s.position !== 'absolute'; })
	.map((e) => `${e.tagName}.${e.className} is cut off`).slice(0, 3));

// Tabs through the page: the order is the document's, the first stop leads past the head, every stop shows itself.
async function keyboard(page) {
	const cdp = await page.context().newCDPSession(page), bad = [];
	const key = async (type) => cdp.send('Input.dispatchKeyEvent', { type, key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 });

	await page.evaluate(() => {
		document.body.tabIndex = -1; // from the top, wherever the page put the focus
		document.body.focus();
		document.body.removeAttribute('tabindex');
		const can = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
			.filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }) && !(e.closest('details:not([open])') && e.tagName !== 'SUMMARY'));
		const resting = (e) => { const s = getComputedStyle(e); return `${s.outlineStyle} ${s.outlineWidth} ${s.boxShadow} ${s.backgroundColor} ${s.borderColor}`; };
		window.stops = can;
		window.rest = new Map(can.map((e) => [e, resting(e)]));
		window.report = [];
		document.addEventListener('focusin', ({ target: e }) => {
			const box = e.getBoundingClientRect(), ringed = [null, '::after'].some((part) => { const s = getComputedStyle(e, part); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 1; });
			window.report.push({ at: can.indexOf(e), what: `${e.tagName} ${(e.textContent || e.name || '').trim().slice(0, 30)}`,
				shown: ringed || resting(e) !== window.rest.get(e), visible: box.width > 0 && box.height > 0 && box.right > 0 });
		}, true);
	});
	const [count, more] = await page.evaluate(() => [window.stops.length, 4 * document.querySelectorAll('input[type=date], input[type=datetime-local]').length]);
	// A date is a stop for each of its parts.
	await Promise.all(Array.from({ length: count + more }, () => [key('rawKeyDown'), key('keyUp')]).flat());
	const report = await page.evaluate(() => window.report);
	const order = report.map((r) => r.at);
	if (report[0] && !/^A /.test(report[0].what)) bad.push(`the first stop is ${report[0].what}`);
	if (order.some((n, i) => i > 0 && n >= 0 && order[i - 1] >= 0 && n < order[i - 1])) bad.push(`not in the order of the document: ${order.join(' ')}`);
	// One of several radio buttons is a stop for all of them.
	const missed = count - new Set(order.filter((n) => n >= 0)).size, radios = await page.evaluate(() => window.stops.filter((e) => e.type === 'radio' && !e.checked).length);
	if (missed > radios) bad.push(`${missed} of ${count} cannot be reached`);
	for (const r of report) if (!r.shown || !r.visible) bad.push(`focus does not show on ${r.what}`);
	await cdp.detach();
	return bad;
}

// More than 60 KB of what it takes to read, or a kind of it that came from nowhere: then something was not weighed.
async function tooHeavy(requests) {
	const bytes = { document: 0, stylesheet: 0, font: 0 };

	for (const r of requests) if (r.resourceType() in bytes) bytes[r.resourceType()] += (await r.sizes()).responseBodySize;
	const all = Object.values(bytes), sum = all.reduce((a, b) => a + b);
	return sum > 60 * 1024 || all.includes(0) ? [`${sum} bytes: ${JSON.stringify(bytes)}`] : [];
}

// A tab that one reader after the other is shown pages in: to open one for each page is what takes longest. Nothing comes out
// of the browser's cache, so that each page is weighed whole.
async function openTab() {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'fr-FR', bypassCSP: true });
	await context.addInitScript(axe);
	const page = await context.newPage(), cdp = await context.newCDPSession(page);

	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
	return page;
}

// first: no reader before this one was shown a page of this kind.
async function examine(page, one, first) {
	const name = `${one.name} as ${one.who}`, put = (what, list) => { for (const x of list) faults[what].push(`${name}: ${x}`); };
	const foreign = [], came = [];
	const watch = (r) => { if (!r.url().startsWith(p.site.url) && !r.url().startsWith('data:')) foreign.push(r.url()); };
	const keep = (r) => came.push(r);

	page.on('request', watch);
	page.on('requestfinished', keep);
	await page.emulateMedia({ media: 'screen', colorScheme: 'light', reducedMotion: 'reduce' });
	const answer = await page.goto(p.site.url + one.path, { waitUntil: 'load' });
	if (answer.status() !== one.status || new URL(page.url()).pathname !== one.path.split('?')[0]) put('status', [`${answer.status()} at ${page.url()}`]);
	put('axe_light', await violations(page));
	if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${one.name}-${one.who}.png`, fullPage: true });
	await page.emulateMedia({ colorScheme: 'dark' });
	put('axe_dark', await violations(page, looks));
	await page.emulateMedia({ media: 'print', colorScheme: 'light' });
	put('axe_print', await violations(page, first ? undefined : looks));
	await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
	await page.setViewportSize({ width: 320, height: 640 });
	put('narrow', await tooWide(page));
	await page.setViewportSize({ width: 1280, height: 900 });
	if (first) put('keyboard', await keyboard(page));
	await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	put('large_text', [...await tooWide(page), ...await cutOff(page)]);
	put('weight', await tooHeavy(came));
	put('third_parties', [...new Set(foreign)]);
	page.off('request', watch);
	page.off('requestfinished', keep);
	seen.push(name);
}

test('the_browser_opens_every_page', async () => {
	const list = p.pages.filter((one) => !process.env.ONLY_PAGE || one.name === process.env.ONLY_PAGE);
	const tabs = [await openTab(), await openTab()];

	await together(list, tabs.length, async (one, n) => {
		const context = tabs[n].context(), cookie = p.cookies[one.who];
		await context.clearCookies();
		if (cookie) await context.addCookies(cookie.split('; ').map((c) => { const at = c.indexOf('='); return { name: c.slice(0, at), value: c.slice(at + 1), domain: 'localhost', path: '/', secure: true, httpOnly: true }; }));
		await examine(tabs[n], one, !kinds.has(one.name) || one.name.startsWith('article'));
		kinds.add(one.name);
	});
	assert.ok(seen.length >= (process.env.ONLY_PAGE ? 1 : 90), `${seen.length} pages`);
});

for (const [what, promise] of Object.entries({ status: 'each_page_is_the_page_it_should_be', axe_light: 'axe_finds_nothing_in_light', axe_dark: 'axe_finds_nothing_in_the_dark',
	axe_print: 'axe_finds_nothing_on_paper', narrow: 'nothing_scrolls_sideways_at_320_pixels', large_text: 'text_twice_as_large_fits', keyboard: 'the_keyboard_reaches_all_in_order_and_shows_where_it_is',
	weight: 'HTML_CSS_and_fonts_are_60_KB_at_most', third_parties: 'nothing_is_asked_of_others' }))
	test(promise, () => { assert.equal(faults[what].length, 0, faults[what].slice(0, 12).join('\n')); });
