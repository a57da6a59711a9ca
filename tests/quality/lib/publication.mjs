// publication.mjs: the demo publication with something on every kind of page, and the list of those pages by reader.
//   const p = await Publication.start();  p.pages: [{ name, who, path, status }];  p.cookies[who];  p.site
// Readers: anonymous; member (Camille: subscribed, contact of an institution, editor, giver); expired (Dominique).
import fs from 'node:fs/promises';
import { Site, root } from '../../http/lib/site.mjs';
import { Visitor, lastMail } from '../../http/lib/visitor.mjs';

export const readers = ['anonymous', 'member', 'expired'];
const camille = 'camille@exemple.fr', dominique = 'dominique@exemple.fr';
export const CANARY = 'CANARIBLEU';

// For all readers, and for those who have an account.
const everyone = { home: '/', article_public: '/democratie/rendons-les-comptes-rendus-lisibles', article_registered: '/service/gaspard-chien-de-l-ehpad',
	article_metered: '/service/cantine-les-enfants-pesent-leurs-restes', article_subscriber: '/innovation/bibliotheque-sur-roues',
	article_plan: '/finances/lire-la-capacite-d-autofinancement', section: '/innovation', tag: '/tag/ruralite', author: '/author/maelle-corvennec',
	archive: '/archive', archive_month: '/archive/2026-11', search_empty: '/search', search_results: '/search?q=mairie', search_none: '/search?q=jurnal',
	subscribe: '/subscribe', legal: '/legal', privacy: '/privacy', accessibility: '/accessibility', newsletter: '/newsletter', newsletter_list: '/newsletter/perron',
	not_found: '/rien-de-tel', withdrawn: '/innovation/retire' };
const signedIn = { account: '/account', devices: '/account/devices', password: '/account/password', email: '/account/email', letters: '/account/newsletters',
	feeds: '/account/feeds', data: '/account/data', erase: '/account/erase', access: '/account/access', gifts: '/account/gifts' };

// Articles of which the paid part holds a word that stands nowhere else: { path, word }, in the order of the files.
export async function markArticles(from, to) {
	const marked = [];

	await fs.cp(from, to, { recursive: true });
	for (const name of (await fs.readdir(to)).filter((n) => n.endsWith('.md')).sort()) {
		const text = await fs.readFile(`${to}/${name}`, 'utf8'), value = (key) => new RegExp(`^${key}: (.*)$`, 'm').exec(text)[1];
		if (value('access') === 'public') continue;
		const word = `${CANARY}${String.fromCharCode(97 + marked.length).repeat(3)}`;
		// Headings are free where an editor says so, and only there.
		const heading = /^outline: yes$/m.test(text) ? 'Titre offert' : `Titre ${word}`;
		// In the running text, a heading, a list, an address, an image's words and its name: all of the paid part.
		const image = `images/${word.toLowerCase()}.webp`;
		await fs.cp(`${to}/images/quai.webp`, `${to}/${image}`);
		await fs.writeFile(`${to}/${name}`, `${text.trimEnd()}\n\n## ${heading}\n\nTexte ${word} *${word}*.\n\n- ${word}\n\n[lien](https://exemple.fr/${word})\n\n![${word}](${image})\n`);
		marked.push({ path: `/${value('section')}/${value('slug')}`, access: value('access'), word });
	}
	return marked;
}

export class Publication {
	static async start(options = {}) {
		const p = new Publication();

		p.site = await Site.start({ articles: [], forms: 1000, ...options, config: { ...options.config,
			site: { name: 'Le Perron', tagline: 'Le magazine de l’action locale', publisher: 'Éditions du Perron', contact: 'contact@leperron.example', ...options.config?.site } } });
		try {
			p.marked = await markArticles(`${root}/demo/articles`, p.site.in('articles'));
			await p.site.must('article', 'import', p.site.in('articles'));
			await p.people();
			await p.letters();
			await p.tokens();
		} catch (error) {
			await p.stop().catch(() => {});
			throw error;
		}
		p.list();
		return p;
	}

	stop() { return this.site.stop(); }

	async people() {
		const { site } = this, year = 'unixepoch() + 31536000';

		this.cookies = { anonymous: undefined, member: await site.signIn(camille, { plan: 'integral', until: year }),
			expired: await site.signIn(dominique, { plan: 'integral', from: 'unixepoch() - 34000000', until: 'unixepoch() - 2600000' }) };
		await site.must('institution', 'add', 'Mairie de Trois-Fontaines', '--siret', '217 500 016 00019');
		await site.must('institution', 'grant', 'mairie-de-trois-fontaines', 'integral', '--seats', '5', '--until', '2099-12-31');
		await site.must('institution', 'contact', 'mairie-de-trois-fontaines', 'add', camille);
		await site.must('institution', 'seat', 'mairie-de-trois-fontaines', 'add', 'dgs@trois-fontaines.example');
		await site.must('staff', 'add', camille);
		await site.sql(`INSERT INTO article (slug, section_id, access, title, published_at, withdrawn_at)
			SELECT 'retire', id, 'public', 'Un article retiré', unixepoch() - 90, unixepoch() - 60 FROM section WHERE slug = 'innovation';
			INSERT INTO counter (day, kind, article_id, n) SELECT CAST(strftime('%Y%m%d', 'now') AS INTEGER), k.column1, a.id, k.column2
			FROM article a, (VALUES ('full', 5), ('wall', 9), ('wall_search', 2), ('credit', 1)) AS k WHERE a.slug = 'bibliotheque-sur-roues';
			INSERT INTO counter (day, kind, n) SELECT CAST(strftime('%Y%m%d', 'now') AS INTEGER), column1, 3 FROM (VALUES ('sign_in'), ('account'), ('subscribe'), ('newsletter'));`);
	}

	// One issue in the public list and one in the subscribers', each with all articles in it.
	async letters() {
		const { site } = this, file = site.in('numero.md');
		const shown = new Set((await site.sql("SELECT slug FROM article WHERE published_at <= unixepoch()")).map((r) => r.slug));
		const slugs = this.marked.map((m) => m.path.split('/').at(-1)).filter((slug) => shown.has(slug));

		await fs.writeFile(file, `---\ntitle: Numéro un\n---\nBonjour,\n\n${slugs.map((slug) => `{{article: ${slug}}}`).join('\n\n')}\n\nÀ jeudi.\n`);
		for (const list of ['perron', 'coulisses']) await site.must('newsletter', 'send', file, '--list', list);
		await site.must('work', '--once');
		this.issue = /href="(\/newsletter\/perron\/[^"]+)"/.exec((await site.get('/newsletter/perron')).text)[1];
	}

	// One-time addresses of each kind that shows a page to whoever has it.
	async tokens() {
		const { site } = this, asker = new Visitor(site, { from: '203.0.113.4' }), path = (url) => new URL(url).pathname;
		const form = (where, fields, who) => site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: where, CONTENT_TYPE: 'application/x-www-form-urlencoded',
			HTTP_SEC_FETCH_SITE: 'same-origin', ...(who ? { HTTP_COOKIE: this.cookies[who] } : {}) }, new URLSearchParams(fields).toString());
		const article = everyone.article_subscriber;

		await site.sql(`INSERT INTO article (slug, section_id, access, title, standfirst) SELECT 'brouillon', id, 'subscriber', 'Un brouillon', 'Pas encore paru.' FROM section WHERE slug = 'innovation';
			INSERT INTO article_body (article_id, markdown) SELECT id, 'Un mot. Un autre.' FROM article WHERE slug = 'brouillon';`);
		this.at = { gift: (await form('/gift', { article }, 'member')).headers.location, link: (await site.must('session', 'issue', '--link', camille)).trim() };
		const feed = await form('/account/feeds', { make: '1' }, 'member');
		this.feeds = [...feed.text.matchAll(/value="[^"]*(\/feed\/[^"]+)"/g)].map((m) => m[1]);
		const expired = await form('/account/feeds', { make: '1' }, 'expired');
		this.expiredFeeds = [...expired.text.matchAll(/value="[^"]*(\/feed\/[^"]+)"/g)].map((m) => m[1]);
		await site.until('the draft is set', async () => (await site.sql("SELECT 1 FROM article_body JOIN article ON id = article_id WHERE slug = 'brouillon' AND stale = 0")).length === 1);
		this.at.preview = (await site.must('article', 'preview', '--link', 'brouillon')).trim();
		await asker.post('/login', { email: camille, next: article });
		this.at.login_link = (await lastMail(site, camille)).link;
		this.code = [...asker.jar].map(([k, v]) => `${k}=${v}`).join('; ');
		const notice = /name="notice" value="([^"]*)"/.exec((await site.get('/newsletter')).text)[1];
		await form('/newsletter', { email: 'lettre@exemple.fr', notice, consent: 'newsletter' });
		this.at.newsletter_confirm = (await lastMail(site, 'lettre@exemple.fr')).link;
		for (const [k, v] of Object.entries(this.at)) this.at[k] = path(v);
	}

	list() {
		const issue = this.issue;

		this.pages = [];
		const add = (name, who, where, status) => this.pages.push({ name, who, path: where, status: status ?? ({ not_found: 404, withdrawn: 410 }[name] ?? 200) });
		for (const who of readers) for (const [name, where] of Object.entries({ ...everyone, newsletter_issue: issue })) add(name, who, where);
		for (const who of ['member', 'expired']) for (const [name, where] of Object.entries(signedIn)) add(name, who, where);
		add('login', 'anonymous', '/login?next=/innovation/bibliotheque-sur-roues');
		add('login_code', 'asking', '/login/code');
		add('login_link', 'anonymous', this.at.login_link);
		add('session_link', 'anonymous', this.at.link);
		add('erased', 'anonymous', '/account/erased');
		for (const who of readers) add('gift', who, this.at.gift);
		add('preview', 'anonymous', this.at.preview);
		add('newsletter_confirm', 'anonymous', this.at.newsletter_confirm);
		add('newsletter_sent', 'anonymous', '/newsletter?sent=1');
		add('institution', 'member', '/account/institution');
		add('stats', 'member', '/stats');
		this.cookies.asking = this.code;
	}
}
