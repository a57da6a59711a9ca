-- Le Perron, the demo publication: its sections, the plans it sells and the people who sign.
-- A script of the publication's own: `poterne migrate` applies it after those of the program, once.
-- Everything here is invented. Articles and tags come from demo/articles with `poterne article import`.

INSERT INTO section (slug, name, description, position) VALUES
	('innovation', 'Innovation', 'Ce que les communes essaient, ce qui marche, et ce que cela demande aux équipes.', 1),
	('service', 'Service', 'Au guichet, à la cantine, à l’Ehpad : le service public tel qu’il se vit.', 2),
	('territoires', 'Territoires', 'Rues, rivières et réseaux : là où l’action locale devient un lieu.', 3),
	('finances', 'Finances', 'Budgets, marchés, assurances : les comptes expliqués à ceux qui votent et à ceux qui paient.', 4),
	('democratie', 'Démocratie', 'Élus, agents, habitants : comment on décide ensemble, et comment on en rend compte.', 5);

-- The order of `position` is the order of the subscribe panel.
INSERT INTO plan (slug, name, description, price_text, position) VALUES
	('numerique', 'Numérique',
		'Tous les articles du site, dès leur parution, sur tous vos appareils. Sans engagement : vous arrêtez quand vous voulez.',
		'6 € par mois', 1),
	('integral', 'Intégral',
		'Le site en entier, et le magazine imprimé chaque mois dans votre boîte aux lettres. Onze numéros par an.',
		'96 € par an', 2),
	('pro', 'Pro',
		'Le site, le magazine, et les décryptages pratiques réservés aux collectivités, avec leurs feuilles de calcul. Paiement sur facture.',
		'240 € par an', 3);

INSERT INTO author (slug, name, kind, bio) VALUES
	('la-redaction', 'La rédaction', 'collective',
		'Six journalistes, une dessinatrice et un correcteur pointilleux. Les articles signés « La rédaction » ont été préparés, vérifiés et relus à plusieurs.'),
	('maelle-corvennec', 'Maëlle Corvennec', 'person',
		'Grande reporter. Elle a commencé par couvrir les conseils municipaux pour un quotidien de l’Ouest, et n’a jamais cessé de trouver cela passionnant. Elle suit la culture et les métiers communaux.'),
	('thibault-vasseroux', 'Thibault Vasseroux', 'person',
		'Journaliste, ancien développeur dans une agglomération. Il enquête sur le numérique public et lit toutes les annexes.'),
	('nadia-belhoucine', 'Nadia Belhoucine', 'person',
		'Elle raconte la démocratie locale, des conseils d’enfants aux grandes disputes de place du marché. Cheffe de la rubrique Démocratie.'),
	('jeanne-marsaudon', 'Jeanne Marsaudon', 'person',
		'Écoles, cantines, maisons de retraite : elle écrit sur les services que l’on ne remarque que lorsqu’ils manquent.'),
	('anselme-duquerroy', 'Anselme Duquerroy', 'person',
		'Quinze ans dans une direction financière avant de passer au journalisme. Chef de la rubrique Finances, il promet un exemple chiffré par article.'),
	('idriss-kamara-lenoir', 'Idriss Kamara-Lenoir', 'person',
		'Géographe de formation, marcheur par goût. Il parcourt les territoires pour Le Perron et rapporte des cartes dessinées à la main.'),
	('solene-aubrac-fayet', 'Solène Aubrac-Fayet', 'person',
		'Directrice générale des services d’une ville de 8 000 habitants. Elle écrit dans Le Perron à titre personnel.');
