-- The smaller versions of an article's image, for its page and for every card that shows it. Made by an import.

ALTER TABLE article ADD COLUMN image_versions TEXT NOT NULL DEFAULT ''; -- "avif:480,800 webp:480,800 jpg:1200": widths in pixels
