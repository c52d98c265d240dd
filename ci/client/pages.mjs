// Looks at every page there is as a browser shows it: no error in the console, nothing the content
// security policy had to block, no sideways scrolling, a focus that can be seen.
//
// node pages.mjs BOOKSHELF DEVELOPMENT PRODUCTION [FOLDER for screenshots]
//
// The three are URLs: of the bookshelf, and of a server whose handlers fail, in both modes.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [bookshelf, development, production, folder] = process.argv.slice(2);
// `says` is what a page is about, and `hides` what must not be on it.
const inside = ["disk", "beams", "main.rs", "Backtrace"];
const pages = [
  { name: "home", url: bookshelf, path: "/", status: 200, says: ["Bookshelf"] },
  { name: "docs", url: bookshelf, path: "/docs", status: 200 },
  { name: "not-found", url: bookshelf, path: "/nowhere", status: 404, says: ["/nowhere", "/api/books"] },
  { name: "invalid", url: bookshelf, path: "/api/books?limit=0&sort=age", status: 422, says: ["limit", "sort"] },
  { name: "failure", url: development, path: "/fails", status: 500, says: ["the disk is full", "Source", "main.rs", "Backtrace"] },
  { name: "panic", url: development, path: "/panics", status: 500, says: ["out of beams", "Source", "main.rs", "Backtrace"] },
  { name: "production-failure", url: production, path: "/fails", status: 500, says: ["Internal Server Error"], hides: inside },
  { name: "production-panic", url: production, path: "/panics", status: 500, says: ["Internal Server Error"], hides: inside },
  { name: "production-not-found", url: production, path: "/nowhere", status: 404, says: ["Not Found"], hides: ["/fails"] },
];
const widths = [360, 1280];
const schemes = ["light", "dark"];
const faults = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

for (const width of widths) {
  for (const colorScheme of schemes) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    for (const { name, url, path, status, says = [], hides = [] } of pages) {
      const at = `${name} at ${width} px, ${colorScheme}`;
      const page = await context.newPage();
      page.on("pageerror", (error) => faults.push(`${at}: ${error}`));
      page.on("console", (message) => {
        // A browser notes the status of the page itself as an error; what the page asks for is there.
        const from = message.location().url;
        const own = from === url + path && message.text().includes(`status of ${status}`);
        // The icon of a site is its application's, and this one has none.
        const icon = url === production && from.endsWith("/favicon.ico");
        if (message.type() === "error" && !own && !icon) faults.push(`${at}: ${message.text()}`);
      });
      page.on("request", (request) => {
        const foreign = !request.url().startsWith(url) && !request.url().startsWith("data:");
        if (foreign) faults.push(`${at}: asks for ${request.url()}`);
      });
      const response = await page.goto(url + path, { waitUntil: "networkidle" });
      if (response.status() !== status) faults.push(`${at}: ${response.status()}`);
      if (!response.headers()["content-security-policy"]) faults.push(`${at}: no policy`);
      if (name === "docs") await page.waitForSelector(".opblock");
      const text = (await page.evaluate(() => document.body.innerText)).toLowerCase();
      for (const word of says) {
        if (!text.includes(word.toLowerCase())) faults.push(`${at}: does not say ${word}`);
      }
      for (const word of hides) {
        if (text.includes(word.toLowerCase())) faults.push(`${at}: says ${word}`);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) faults.push(`${at}: scrolls sideways by ${overflow} px`);
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) {
          return !document.querySelector("a[href], button, input, select, summary, [tabindex='0']");
        }
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      if (!focus) faults.push(`${at}: the focus cannot be seen`);
      if (folder) {
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
      }
      await page.close();
    }
    await context.close();
  }
}
await browser.close();

for (const fault of faults) console.log(fault);
console.log(`${pages.length * widths.length * schemes.length} views, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
