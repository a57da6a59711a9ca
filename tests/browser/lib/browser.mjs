// browser.mjs: what every journey through a browser needs. SHOTS names a folder for pictures of what was seen.
import { chromium } from 'playwright-core';
import { HANG } from '../../http/lib/until.mjs';

// Every wait in it is for a hang only, as everywhere.
export async function launch() {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'], timeout: HANG });
	const open = browser.newContext.bind(browser);

	browser.newContext = async (options) => {
		const context = await open(options);

		context.setDefaultTimeout(HANG);
		return context;
	};
	return browser;
}

export const shot = async (page, name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true }); };

// A browser of its own for one reader: a telephone's width, no scripts unless asked for.
export async function visitor(browser, options = {}) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: 'fr-FR', ...options });

	return { context, page: await context.newPage() };
}

// Clicks what leads to another page, and comes back when that page is there: a click alone may return before the answer.
// A page that says to come again is asked for again, as readers do: a disk may be slow, nginx takes so many forms a second.
export async function press(page, target) {
	const answer = page.waitForNavigation();

	await target.click();
	for (let r = await answer; [429, 503].includes(r?.status()); ) r = await page.reload();
}
