-- The words of titles alone, so that an article whose title says what is looked for is found however old it is: of the
-- whole index the newest that match are looked at, and a frequent word has thousands of them. Derived as 050_search.sql
-- says; made anew with the rest of the index.
--
-- search_state.sweeping (050): 0: no pass is going on, 1: one over the texts, 2: one over what is related, when search has
-- everything already.
CREATE VIRTUAL TABLE article_search_title USING fts5 (title, tokenize = 'french');
