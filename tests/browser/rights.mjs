// rights.mjs: the journeys of a free read, a gift and a subscription, in a browser without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from '../http/lib/site.mjs';
import { launch, press, shot, visitor as stranger } from './lib/browser.mjs';

let site, browser;
before(async () => {
	site = await Site.start({ config: { meter: { free_reads: 3, anonymous_reads: 2 }, gift: { readers: 2 }, site: { contact: 'bonjour@leperron.example' } } });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

const metered = '/innovation/compteur', paid = '/innovation/paye';

const visitor = () => stranger(browser);

// Signs in by the one-time link that the command line makes.
async function member(email, options) {
	const one = await visitor();

	await site.signIn(email, options);
	await one.page.goto((await site.must('session', 'issue', '--link', email)).trim());
	await press(one.page, one.page.locator('main form button'));
	return one;
}

test('F5_a_stranger_reads_one_for_free', async () => {
	const { context, page } = await visitor();

	await page.goto(site.url + metered);
	assert.equal(await page.locator('.body.teaser').count(), 1);
	await shot(page, 'credit-offer');
	await press(page, page.getByRole('button', { name: 'Lire cet article gratuitement' }));
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
	await press(giver.page, giver.page.getByRole('button', { name: 'Créer un lien à offrir' }));
	const link = await giver.page.getByLabel('Le lien à envoyer').inputValue();
	assert.match(link, /\/gift\/[\w-]{43}$/);
	await shot(giver.page, 'gift-link');
	await friend.page.goto(link);
	await shot(friend.page, 'gift-open');
	await press(friend.page, friend.page.getByRole('button', { name: 'Lire l’article' }));
	assert.equal(friend.page.url(), site.url + paid);
	assert.equal(await friend.page.locator('.body.paywall').count(), 1);
	await shot(friend.page, 'gift-read');
	await giver.page.goto(`${site.url}/account/gifts`);
	assert.match(await giver.page.locator('main').innerText(), /1 sur 2/);
	await shot(giver.page, 'gift-list');
	await press(giver.page, giver.page.getByRole('button', { name: 'Reprendre' }));
	assert.match(await giver.page.locator('main').innerText(), /Repris/);
	await site.until('the friend to see the beginning', async () => {
		await friend.page.reload();
		return await friend.page.locator('.body.teaser').count() === 1;
	});
	await giver.context.close();
	await friend.context.close();
});

test('subscribing_leads_to_the_plans_payment_link', async () => {
	await site.sql("UPDATE plan SET payment_url = 'https://buy.example/' || slug");
	const { context, page } = await visitor();

	await page.goto(site.url + paid);
	await press(page, page.locator('.panel').getByRole('link', { name: 'Découvrir l’abonnement' }));
	await shot(page, 'subscribe');
	const link = page.getByRole('link', { name: 'Choisir Intégral' });
	assert.equal(await link.getAttribute('href'), 'https://buy.example/integral');
	assert.equal(await page.locator('main').getByRole('link', { name: 'Se connecter' }).getAttribute('href'), `/login?next=${paid}`);
	await press(page, page.getByRole('link', { name: 'Revenir à l’article' }));
	assert.equal(page.url(), site.url + paid);
	await context.close();
});

test('a_reader_sees_why_and_resumes_a_pause', async () => {
	const { context, page } = await member('pia@example.org', { plan: 'integral', until: 'unixepoch() + 9 * 86400' });

	await site.sql("INSERT INTO subscription_pause (subscriber_id, starts_at) SELECT id, unixepoch() - 3600 FROM subscriber WHERE email = 'pia@example.org'");
	await site.until('the pause to be seen', async () => {
		await page.goto(site.url + paid);
		return await page.locator('section.panel').count() === 1;
	});
	await shot(page, 'paused');
	await press(page, page.getByRole('link', { name: 'Voir mon abonnement' }));
	await page.getByLabel('Adresse de l’article').fill(site.url + paid);
	await press(page, page.getByRole('button', { name: 'Expliquer' }));
	await page.getByText(/Donc, le début seulement\./).waitFor();
	await shot(page, 'why-paused');
	await press(page, page.getByRole('button', { name: 'Reprendre mon abonnement' }));
	await site.until('the article to be open again', async () => {
		await page.goto(site.url + paid);
		return await page.locator('.body.paywall').count() === 1;
	});
	await context.close();
});
