// views.mjs: sample views, one for each page kind, with the anatomy of real pages and sentences of their own.

const drawing = (hue, shapes) => 'data:image/svg+xml,' + encodeURIComponent(
	`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 800"><rect width="1200" height="800" fill="hsl(${hue} 35% 86%)"/>${shapes}</svg>`);
const square = drawing(150, '<circle cx="930" cy="190" r="90" fill="#ffd23f"/><path d="M0 800V470l180-120 180 120v330z" fill="#0a5a46"/><path d="M360 800V400h220v400z" fill="#d3785a"/><path d="M580 800V300l160-90 160 90v500z" fill="#1d3b5c"/><path d="M900 800V450h300v350z" fill="#0f7a5f"/><path d="M660 800V620a80 80 0 0 1 160 0v180z" fill="#ffd23f"/>');
const trees = drawing(95, '<path d="M0 800V600h1200v200z" fill="#0a5a46"/><circle cx="300" cy="430" r="200" fill="#2c8a63"/><circle cx="640" cy="380" r="240" fill="#0f7a5f"/><circle cx="960" cy="460" r="170" fill="#57a773"/>');
const table = drawing(40, '<rect y="520" width="1200" height="60" fill="#7a4b2b"/><circle cx="240" cy="360" r="90" fill="#1d3b5c"/><circle cx="500" cy="330" r="90" fill="#d3785a"/><circle cx="760" cy="350" r="90" fill="#0a5a46"/><circle cx="1000" cy="340" r="90" fill="#ffd23f"/>');
const water = drawing(205, '<path d="M0 500q150-60 300 0t300 0 300 0 300 0v300H0z" fill="#1d6a8a"/><path d="M0 620q150-60 300 0t300 0 300 0 300 0v180H0z" fill="#1d3b5c"/><path d="M420 480h360l-60 90H480z" fill="#d3785a"/>');

const sections = ['Innovation', 'Services', 'Territoires', 'Finances', 'Démocratie', 'Portraits'];
const section = (name) => ({ name, url: `/${name.toLowerCase().normalize('NFD').replace(/[^a-z]/g, '')}` });
const level = (access) => Object.fromEntries(['public', 'registered', 'metered', 'subscriber'].map((a) => [`access_${a}`, a === access]));

const card = (title, in_section, access, excerpt, url, label = null) => ({
	title, url: '/innovation/exemple', label, section: section(in_section), ...level(access), excerpt,
	image: url && { url, alt: 'Dessin : une place de village vue de face', width: 1200, height: 800 },
	published_iso: '2024-11-12T07:00:00+01:00', published_text: '12 novembre 2024',
});

const cards = [
	card('À Saint-Aubin, la cantine se dessine à hauteur d’enfant', 'Services', 'public', 'Les élèves ont dessiné leur réfectoire, choisi les couleurs et goûté les menus. Deux ans plus tard, le gaspillage a fondu d’un tiers et les agents…', table),
	card('Le quai rendu aux promeneurs', 'Territoires', 'subscriber', 'Un parking de bord de fleuve devenu jardin, sans un euro de béton : récit d’un chantier que tout le monde disait impossible, et d’une…', water, 'Reportage'),
	card('Planter large, arroser peu : la leçon des pépinières municipales', 'Innovation', 'metered', 'Quatre communes se sont associées pour élever leurs propres arbres. Le pari est botanique, il est aussi budgétaire : chaque plant revient à…', trees),
	card('« Le conseil citoyen n’est pas un figurant »', 'Démocratie', 'registered', 'Tirés au sort, formés, payés : les trente habitants de la commission du budget prennent leur rôle au sérieux. Leur présidente raconte…', null, 'Entretien'),
	card('Un bus à la demande qui tient ses horaires', 'Services', 'subscriber', 'Au lieu de lignes vides, des trajets que les habitants composent eux-mêmes la veille. La recette a demandé…', square),
	card('Rénover l’école sans fermer l’école', 'Finances', 'public', 'Un étage à la fois, un été sur deux. La méthode de Valmont, commune de 3 200 habitants, intéresse désormais…', null),
];

const free_part = `<p>Des questions, un peu d’inquiétude, beaucoup d’envie. C’est à peu près l’humeur d’une salle des fêtes, un jeudi soir de pluie, quand on y parle de machines qui écrivent.</p>
<p>Autour de la table, onze maires, trois directrices de service et une professeure de philosophie. Tous ont apporté un courrier reçu en mairie ; tous repartiront avec la réponse qu’en a faite un <a href="https://example.org/logiciel">logiciel libre</a> installé dans la cave du <em>syndicat intercommunal</em>.</p>
<p>L’exercice paraît anodin. Il ne l’est pas : derrière une lettre sur un trottoir défoncé, il y a une personne qui a pris la peine d’écrire, et quelqu’un, en face, qui engage sa signature.</p>
<figure class="pullquote"><blockquote><p>« On ne délègue pas la politesse. Le jour où la machine dira merci à ma place, je n’aurai plus rien à dire à mes administrés. »</p></blockquote><figcaption><strong class="name">Maryvonne Le Gall</strong><span class="office">Maire de Ploumeur, présidente de la commission numérique du pays des Abers</span></figcaption></figure>
<p>Après la lecture des réponses, le débat est vite entré dans le concret. Que garde-t-on des échanges ? Qui relit ? Pour Idriss Benali, directeur général des services de Valmont, « le sujet n’est pas l’outil, c’est la relecture ».</p>`;
const last_words = '<p>Son équipe de quatre agents a passé l’été à trier neuf mille lettres anonymisées. L’une sur dix demandait un papier, l’autre une oreille. Entre les deux, tout un service public reste à inventer, et c’est là que les avis divergent. « On nous promet du temps gagné, mais quand il faut expliquer à une vieille dame pourquoi sa demande a été…</p>';
const paid_part = `<p>Son équipe de quatre agents a passé l’été à trier neuf mille lettres anonymisées. L’une sur dix demandait un papier, l’autre une oreille. « On nous promet du temps gagné, mais quand il faut expliquer à une vieille dame pourquoi sa demande a été refusée, c’est encore à pied que l’on y va. »</p>
<h2 id="relire">Relire, un métier</h2>
<p>À Valmont, une règle tient sur une carte postale : rien ne part sans un nom en bas de page.</p>
<ul><li>La machine propose, l’agent dispose ;</li><li>toute réponse porte un nom et un numéro direct ;</li><li>chaque mois, vingt lettres tirées au sort sont relues à voix haute.</li></ul>
<h3 id="cout">Ce que cela coûte</h3>
<p>Un serveur d’occasion, <strong>douze mille euros par an</strong> partagés entre onze communes, et une demi-journée de formation.</p>
<blockquote><p>Article 4. Les courriers ne quittent pas le territoire du syndicat.</p></blockquote>
<figure><img src="${table}" alt="Dessin : quatre personnes autour d’une table en bois" width="1200" height="800" loading="lazy"><figcaption>La relecture à voix haute, un mardi sur deux. Dessin : Poterne</figcaption></figure>
<h2 id="ensuite">Et ensuite ?</h2>
<p>La salle des fêtes a rallumé ses néons. Sur le tableau, quelqu’un a laissé une phrase que personne n’a osé effacer.</p>`;

const plans = [
	{ name: 'Lecture', description: 'Tous les articles et les archives, pour une personne.', price_text: '8 € par mois' },
	{ name: 'Équipe', description: 'Cinq lecteurs d’un même service, une seule facture.', price_text: '29 € par mois' },
	{ name: 'Collectivité', description: 'Élus et agents, sans compter les postes.', price_text: 'sur devis' },
];

export function views(language) {
	const common = {
		site: { name: 'La Place', tagline: 'Le magazine des communes qui inventent', url: 'https://laplace.example', language, publisher: 'Éditions de la Place', contact: 'bonjour@laplace.example' },
		asset: { css: 'static/poterne.css', logo: 'static/logo.svg', favicon: 'static/favicon.svg', theme_css: null, touch_icon: 'static/touch-icon.png', own_text_face: false, own_title_face: false },
		nav: sections.map((n) => ({ ...section(n), current: false, exact: false })), has_nav: true,
		reader: { signed_in: false, subscribed: false }, feeds: [], home: false, article: null, year: 2026,
		newsletter: { notice_version: 'lettre-1', error: false },
		page: { title: 'Une page', description: null, canonical: null, noindex: false, noarchive: false, image: null },
		cookies: [{ name: '__Host-session', days: 30, minutes: null, is_session: true, is_login: false, is_meter: false },
			{ name: '__Host-login', days: null, minutes: 10, is_session: false, is_login: true, is_meter: false }, { name: '__Host-meter', days: 31, minutes: null, is_session: false, is_login: false, is_meter: true }],
	};
	const member = { reader: { signed_in: true, subscribed: true } };
	const page = (template, more) => ({ template, view: { ...common, ...more } });
	const image = { url: square, alt: 'Dessin : cinq façades de mairie sous un soleil jaune', credit: 'Dessin : Poterne', width: 1200, height: 800 };
	const article = {
		slug: 'courrier', url: '/innovation/courrier', label: 'Reportage', section: section('Innovation'), ...level('subscriber'),
		title: 'Soirée en mairie : qui répondra demain au courrier des habitants ?',
		standfirst: 'Onze maires d’un même canton se sont retrouvés un jeudi d’octobre pour mettre à l’épreuve un assistant d’écriture. Objectif : décider, ensemble, de ce qu’une commune peut confier à une machine et de ce qu’elle doit garder à la main.',
		has_bylines: true,
		bylines: [{ name: 'La rédaction', url: '/author/la-redaction', first: true, last: false, collective: true }, { name: 'Nora Kerhuel', url: '/author/nora-kerhuel', first: false, last: true, collective: false }],
		published_iso: '2024-11-15T06:30:00+01:00', published_text: '15 novembre 2024', updated_iso: null, updated_text: null,
		image, body_html: free_part + last_words, is_teaser: true, gated: false, percent_left: 80, minutes_left: 6, minutes: 8, words: 1640,
		has_tags: true, tags: [{ name: 'Intelligence artificielle', url: '/tag/ia' }, { name: 'Courrier', url: '/tag/courrier' }, { name: 'Intercommunalité', url: '/tag/intercommunalite' }],
		has_outline: true, outline: [{ text: 'Relire, un métier' }, { text: 'Ce que cela coûte' }, { text: 'Et ensuite ?' }],
	};
	const panel = { reason_anonymous: true, expired: false, expired_text: null, reason_plan: false, needs_plan_names: null, has_plans: true, plans, login_url: '/login?next=/innovation/courrier', subscribe_url: '/subscribe?next=/innovation/courrier' };
	const related = { cards };
	const whole = { ...article, body_html: free_part + paid_part, is_teaser: false, gated: true, updated_iso: '2024-11-18T09:00:00+01:00', updated_text: '18 novembre 2024' };
	const title = { page: { ...common.page, title: article.title, description: article.standfirst, canonical: 'https://laplace.example/innovation/courrier', noarchive: true } };
	const jsonld_html = '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Soirée en mairie","isAccessibleForFree":false}';
	const list = { has_cards: true, cards, pages: true, previous_url: '/innovation', next_url: '/innovation?before=1731650000-12' };
	const error = (status) => ({ page: { ...common.page, title: `Erreur ${status}`, noindex: true }, error: { status, [`title_${status}`]: true, request_id: '01JD-7F3K' }, has_cards: status < 500, cards: status < 500 ? cards.slice(0, 3) : [] });
	return {
		'article': page('article', { ...title, article, panel, related, jsonld_html }),
		'article-full': page('article', { ...title, ...member, article: whole, panel: null, related, jsonld_html }),
		'article-expired': page('article', { ...title, reader: { signed_in: true, subscribed: false }, article, panel: { ...panel, reason_anonymous: false, expired: true, expired_text: '31 octobre 2024' }, related, jsonld_html }),
		'article-plan': page('article', { ...title, ...member, article, panel: { ...panel, reason_anonymous: false, reason_plan: true, needs_plan_names: 'Collectivité' }, related, jsonld_html }),
		'article-register': page('article', { ...title, article: { ...article, ...level('registered'), image: null }, panel, related, jsonld_html }),
		'home': page('home', { home: true, page: { ...common.page, title: 'La Place', canonical: 'https://laplace.example/' }, lead: { ...cards[1], title: article.title, excerpt: 'Onze maires d’un même canton se sont retrouvés un jeudi d’octobre pour mettre à l’épreuve un assistant d’écriture. Objectif : décider, ensemble, de ce qu’une commune…', image }, latest: { cards: cards.slice(1).concat(cards[0]) },
			sections: sections.slice(0, 3).map((n, i) => ({ ...section(n), cards: cards.map((c) => ({ ...c, section: section(n) })).slice(i, i + 4) })) }),
		'section': page('section', { section: { ...section('Innovation'), description: 'Ce qui s’essaie dans une commune et peut servir à toutes les autres.' }, ...list, nav: common.nav.map((n, i) => ({ ...n, current: i === 0, exact: i === 0 })), page: { ...common.page, title: 'Innovation' } }),
		'tag': page('tag', { tag: { name: 'Intelligence artificielle' }, ...list, pages: false, previous_url: null, next_url: null, page: { ...common.page, title: 'Intelligence artificielle' } }),
		'author': page('author', { author: { name: 'Nora Kerhuel', bio: 'Reporter. Elle parcourt les communes de l’Ouest depuis douze ans, un carnet dans chaque poche.', collective: false }, ...list, pages: false, previous_url: null, next_url: null, page: { ...common.page, title: 'Nora Kerhuel' } }),
		'error-404': page('error', error(404)),
		'error-410': page('error', error(410)),
		'error-500': page('error', error(500)),
		'privacy': page('privacy', { page: { ...common.page, title: 'Vos données' } }),
		'accessibility': page('accessibility', { page: { ...common.page, title: 'Accessibilité' } }),
		'legal': page('legal', { page: { ...common.page, title: 'Mentions légales' } }),
		'link': page('link', { link: { valid: true, action: '/login/link/abc' }, page: { ...common.page, title: 'Connexion', noindex: true } }),
		'link-dead': page('link', { link: { valid: false }, page: { ...common.page, title: 'Connexion', noindex: true } }),
	};
}
