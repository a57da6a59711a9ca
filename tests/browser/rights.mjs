// rights.mjs: the journeys of a free read, a gift and a subscription, in a browser without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Site } from '../http/lib/site.mjs';

let site, browser;
before(async () => {
	site = await Site.start({ config: { meter: { free_reads: 3, anonymous_reads: 2 }, gift: { readers: 2 }, site: { contact: 'bonjour@leperron.example' } } });
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

// SHOTS names a folder for pictures of what was seen.
const shot = async (page, name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true }); };
const metered = '/innovation/compteur', paid = '/innovation/paye';

async function visitor() {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: 'fr-FR' });

	return { context, page: await context.newPage() };
}

// Signs in by the one-time link that the command line makes.
async function member(email, options) {
	const one = await visitor();

	await site.signIn(email, options);
	await one.page.goto((await site.must('session', 'issue', '--link', email)).trim());
	await one.page.locator('main form button').click();
	return one;
}

test('F5_a_stranger_reads_one_for_free', async () => {
	const { context, page } = await visitor();

	await page.goto(site.url + metered);
	assert.equal(await page.locator('.body.teaser').count(), 1);
	await shot(page, 'credit-offer');
	await page.getByRole('button', { name: 'Lire cet article gratuitement' }).click();
	assert.equal(page.url(), site.url + metered);
	assert.equal(await page.locator('.body.paywall').count(), 1);
	assert.match(await page.locator('main').innerText(), /Il vous en reste une/);
	await shot(page, 'credit-read');
	await page.reload();
	assert.equal(await page.locator('.body.paywall').count(), 1);
	const cookies = await context.cookies();
	assert.deepEqual(cookies.map((c) => [c.name, c.secure, c.httpOnly, c.sameSite]), [['__Host-meter', true, true, 'Lax']]);
	await context.close();
});

test('LK18_a_subscriber_gives_a_stranger_opens_the_giver_takes_back', async () => {
	const giver = await member('lea@example.org', { plan: 'integral' });
	const friend = await visitor();

	await giver.page.goto(site.url + paid);
	await giver.page.getByRole('button', { name: 'Créer un lien à offrir' }).click();
	const link = await giver.page.getByLabel('Le lien à envoyer').inputValue();
	assert.match(link, /\/gift\/[\w-]{43}$/);
	await shot(giver.page, 'gift-link');
	await friend.page.goto(link);
	await shot(friend.page, 'gift-open');
	await friend.page.getByRole('button', { name: 'Lire l’article' }).click();
	assert.equal(friend.page.url(), site.url + paid);
	assert.equal(await friend.page.locator('.body.paywall').count(), 1);
	await shot(friend.page, 'gift-read');
	await giver.page.goto(`${site.url}/account/gifts`);
	assert.match(await giver.page.locator('main').innerText(), /1 sur 2/);
	await shot(giver.page, 'gift-list');
	await giver.page.getByRole('button', { name: 'Reprendre' }).click();
	assert.match(await giver.page.locator('main').innerText(), /Repris/);
	await friend.page.reload();
	assert.equal(await friend.page.locator('.body.teaser').count(), 1);
	await giver.context.close();
	await friend.context.close();
});

test('subscribing_leads_to_the_plans_payment_link', async () => {
	await site.sql("UPDATE plan SET payment_url = 'https://buy.example/' || slug");
	const { context, page } = await visitor();

	await page.goto(site.url + paid);
	await page.locator('.panel').getByRole('link', { name: 'Découvrir l’abonnement' }).click();
	await shot(page, 'subscribe');
	const link = page.getByRole('link', { name: 'Choisir Intégral' });
	assert.equal(await link.getAttribute('href'), 'https://buy.example/integral');
	await context.close();
});

test('a_reader_sees_why_and_resumes_a_pause', async () => {
	const { context, page } = await member('pia@example.org', { plan: 'integral', until: 'unixepoch() + 9 * 86400' });

	await site.sql("INSERT INTO subscription_pause (subscriber_id, starts_at) SELECT id, unixepoch() - 3600 FROM subscriber WHERE email = 'pia@example.org'");
	await page.goto(site.url + paid);
	await shot(page, 'paused');
	await page.getByRole('link', { name: 'Voir mon abonnement' }).click();
	await page.getByLabel('Adresse de l’article').fill(site.url + paid);
	await page.getByRole('button', { name: 'Expliquer' }).click();
	assert.match(await page.locator('main').innerText(), /Donc, le début seulement\./);
	await shot(page, 'why-paused');
	await page.getByRole('button', { name: 'Reprendre mon abonnement' }).click();
	await page.goto(site.url + paid);
	assert.equal(await page.locator('.body.paywall').count(), 1);
	await context.close();
});
