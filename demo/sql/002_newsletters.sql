-- The letters of the demo publication.
UPDATE newsletter SET slug = 'perron', name = 'La lettre du Perron', description = 'Chaque jeudi, les idées des communes qui osent.'
	WHERE slug = 'lettre';
INSERT INTO newsletter (slug, name, description, access, position) VALUES
	('finances', 'Finances locales', 'Une fois par mois, les chiffres utiles à celles et ceux qui tiennent un budget.', 'public', 2),
	('coulisses', 'Les coulisses', 'La lettre des abonnés : les enquêtes en entier, avant tout le monde.', 'subscriber', 3);
