CREATE TABLE authors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    born INTEGER,
    died INTEGER
) STRICT;

CREATE TABLE books (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    year INTEGER NOT NULL,
    language TEXT NOT NULL,
    pages INTEGER NOT NULL,
    copies INTEGER NOT NULL DEFAULT 1 CHECK (copies >= 0),
    UNIQUE (title, author_id)
) STRICT;

CREATE INDEX books_by_author ON books (author_id);
CREATE INDEX books_by_year ON books (year, id);
CREATE INDEX books_by_title ON books (title, id);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE book_tags (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (book_id, tag_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX book_tags_by_tag ON book_tags (tag_id);

CREATE TABLE readers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    is_librarian INTEGER NOT NULL DEFAULT 0,
    -- SHA-256 of the bearer token, in hexadecimal: the token itself is nowhere.
    token_hash TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE loans (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (id),
    reader_id INTEGER NOT NULL REFERENCES readers (id),
    -- Days in ISO 8601: 2026-11-21.
    lent_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    returned_on TEXT
) STRICT;

CREATE INDEX loans_open ON loans (book_id) WHERE returned_on IS NULL;
CREATE INDEX loans_by_reader ON loans (reader_id, id);
