// Drives the example's API through a client that was generated from its document.

import createClient from "openapi-fetch";
import type { components, paths } from "./api";

type Book = components["schemas"]["Book"];

const url = process.argv[2];
if (url === undefined) throw new Error("usage: node drive.js URL");

const everybody = createClient<paths>({ baseUrl: url });
const reader = createClient<paths>({
  baseUrl: url,
  headers: { Authorization: "Bearer reader-ada" },
});
const librarian = createClient<paths>({
  baseUrl: url,
  headers: { Authorization: "Bearer librarian-clara" },
});

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`failed: ${what}`);
  console.log(`ok: ${what}`);
}

async function main(): Promise<void> {
  const seen = new Set<number>();
  let cursor: string | undefined;
  for (let page = 0; page < 5; page += 1) {
    const query = { limit: 10, tag: ["poetry"], ...(cursor === undefined ? {} : { cursor }) };
    const { data } = await everybody.GET("/api/books", { params: { query } });
    check(data !== undefined, `page ${page} of the poems`);
    data.items.forEach((book: Book) => seen.add(book.id));
    if (data.next === null) break;
    cursor = data.next;
  }
  check(seen.size === 50, "five pages of ten books have fifty different books");

  const refused = await reader.POST("/api/books", {
    body: { title: "x", author: "y", year: 1900, language: "en", pages: 1 },
  });
  check(refused.response.status === 403, "a reader may not add a book");
  check(refused.error?.code === "forbidden", "and the problem says so");

  const created = await librarian.POST("/api/books", {
    body: { title: "A Driven Client", author: "C. I.", year: 1999, language: "en", pages: 7, tags: ["novel"] },
  });
  check(created.data !== undefined, "a librarian adds a book");
  const id = created.data.id;
  check(created.response.headers.get("location") === `/api/books/${id}`, "its address is in Location");

  const path = { id };
  const wrong = await reader.POST("/api/books/{id}/loans", { params: { path }, body: { days: 0 } });
  check(wrong.response.status === 422, "a wrong value is refused");
  check(wrong.error?.errors?.[0]?.pointer === "/days", "with its pointer");

  const lent = await reader.POST("/api/books/{id}/loans", { params: { path }, body: { days: 7 } });
  check(lent.data !== undefined, "a reader lends it");
  const again = await reader.POST("/api/books/{id}/loans", { params: { path }, body: {} });
  check(again.error?.code === "already_on_loan", "once");
  const back = await reader.POST("/api/loans/{id}/return", { params: { path: { id: lent.data.id } } });
  check(back.data?.returned_on !== null, "and gives it back");

  const removed = await librarian.DELETE("/api/books/{id}", { params: { path } });
  check(removed.response.status === 204, "the librarian takes it out");
  const gone = await everybody.GET("/api/books/{id}", { params: { path } });
  check(gone.error?.code === "book_not_found", "and it is gone");
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
