// newsletter.mjs: from the form below an article to the issue and out again in one click, with scripts and without.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Sink } from '../http/lib/mail.mjs';
import { Site } from '../http/lib/site.mjs';
import { launch, press, shot, visitor } from './lib/browser.mjs';

let site, sink, browser;
before(async () => {
	sink = await Sink.start();
	site = await Site.start({ config: { site: { contact: 'bonjour@leperron.example' }, mail: { transport: 'smtp', smtp_url: sink.url, tls: 'no', pace: 1000, connections: 1 } } });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await site?.stop();
	await sink?.stop();
});

const state = async (email) => (await site.sql(`SELECT state FROM newsletter_subscription WHERE email = '${email}'`))[0]?.state;

// What a mail program shows: the HTML part as a page, nothing loaded from anywhere.
async function open(mail, name) {
	for (const [width, colorScheme] of [[390, 'light'], [800, 'dark']]) {
		const { context, page } = await visitor(browser, { viewport: { width, height: 700 }, colorScheme, offline: true });
		const asked = [];
		page.on('request', (r) => asked.push(r.url()));
		await page.setContent(mail.html);
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth).catch(() => true), true);
		await shot(page, `mail-${name}-${width}-${colorScheme}`);
		assert.deepEqual(asked, [], 'a mail loads nothing');
		await context.close();
	}
}

for (const javaScriptEnabled of [false, true]) {
	test(`CO5_U8_from_the_form_to_the_issue_and_out_${javaScriptEnabled ? 'with' : 'without'}_scripts`, async () => {
		const who = `lectrice${Number(javaScriptEnabled)}`, email = `${who}@example.org`;
		const { context, page } = await visitor(browser, { javaScriptEnabled });

		await page.goto(`${site.url}/innovation/paye`);
		const form = page.locator('form[action="/newsletter"]');
		await form.locator('input[type=email]').fill(email);
		assert.equal(await form.locator('input[type=checkbox]').isChecked(), false);
		await form.locator('input[type=checkbox]').check();
		await press(page, form.locator('button'));
		assert.match(await page.locator('main').textContent(), /e-mail|courriel|message/i);
		await shot(page, `newsletter-asked-${javaScriptEnabled}`);
		assert.equal(await state(email), 'pending');

		await site.must('work', '--once');
		const [asked] = await sink.parsed(who);
		await open(asked, 'newsletter-confirm');
		await page.goto(/http\S+\/newsletter\/confirm\/[\w-]+/.exec(asked.text)[0]);
		await shot(page, `newsletter-confirm-${javaScriptEnabled}`);
		assert.ok(Number.parseFloat(await page.locator('main ul').evaluate((list) => getComputedStyle(list).paddingLeft)) >= 16, 'bullets stand within the page');
		assert.equal(await state(email), 'pending', 'looking confirms nothing');
		await press(page, page.locator('main form button'));
		await shot(page, `newsletter-confirmed-${javaScriptEnabled}`);
		assert.equal(await state(email), 'active');

		await fs.writeFile(site.in('issue.md'), `---\ntitle: La lettre ${who}\n---\nBonjour,\n\n{{article: paye}}\n\n{{article: libre}}\n`);
		await site.must('newsletter', 'send', site.in('issue.md'), '--list', 'perron');
		await site.must('work', '--once');
		const issue = (await sink.parsed(who))[1];
		assert.equal(issue.subject, `La lettre ${who}`);
		await open(issue, 'newsletter');
		await page.goto(/http\S+\/newsletter\/unsubscribe\/[\w-]+/.exec(issue.text)[0]);
		await shot(page, `newsletter-leave-${javaScriptEnabled}`);
		assert.equal(await state(email), 'active', 'looking ends nothing');
		if (javaScriptEnabled) { // as mail programs do it
			const url = /<(https?:[^>]*)>/.exec(issue.headerLines.find((h) => h.key === 'list-unsubscribe').line)[1];
			const r = await site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: new URL(url).pathname, CONTENT_TYPE: 'application/x-www-form-urlencoded' }, 'List-Unsubscribe=One-Click');
			assert.equal(r.status, 200);
		} else {
			await press(page, page.locator('main form button'));
			await shot(page, 'newsletter-left');
		}
		assert.equal(await state(email), 'ended');
		await context.close();
	});
}
