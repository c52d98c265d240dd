// Looks at every page of the example as a browser shows it: no error in the console, nothing the
// content security policy had to block, no sideways scrolling, a focus that can be seen.
//
// node pages.mjs URL [FOLDER for screenshots]

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const pages = [
  { name: "home", path: "/", status: 200 },
  { name: "docs", path: "/docs", status: 200 },
  { name: "not-found", path: "/nowhere", status: 404 },
  { name: "invalid", path: "/api/books?limit=0&sort=age", status: 422 },
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
    for (const { name, path, status } of pages) {
      const at = `${name} at ${width} px, ${colorScheme}`;
      const page = await context.newPage();
      page.on("pageerror", (error) => faults.push(`${at}: ${error}`));
      page.on("console", (message) => {
        // A browser notes the status of the page itself as an error.
        const own = status >= 400 && message.text().includes(`status of ${status}`);
        if (message.type() === "error" && !own) faults.push(`${at}: ${message.text()}`);
      });
      page.on("request", (request) => {
        const foreign = !request.url().startsWith(url) && !request.url().startsWith("data:");
        if (foreign) faults.push(`${at}: asks for ${request.url()}`);
      });
      const response = await page.goto(url + path, { waitUntil: "networkidle" });
      if (response.status() !== status) faults.push(`${at}: ${response.status()}`);
      if (!response.headers()["content-security-policy"]) faults.push(`${at}: no policy`);
      if (name === "docs") await page.waitForSelector(".opblock");
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) faults.push(`${at}: scrolls sideways by ${overflow} px`);
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return true;
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
