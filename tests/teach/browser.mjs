// Headless Chromium for the tests of pages, driven by playwright-core. A test ends with 77 where either is missing.

import { createRequire } from "node:module";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

function skip(why) {
  console.log("skipped: " + why);
  process.exit(77);
}

const places = [
  import.meta.url,
  pathToFileURL(join(process.cwd(), "x")),
  ...(process.env.NODE_PATH || "")
    .split(":")
    .filter(Boolean)
    .map((path) => pathToFileURL(join(path, "x"))),
];
function find(name) {
  for (const place of places) {
    try {
      return createRequire(place)(name);
    } catch {
      // the next place may have it
    }
  }
}

let failures = 0;
export function check(condition, what) {
  if (!condition) (console.error("FAILED: " + what), ++failures);
}

// A page of a browser in English. What its console says, an error, and a request that leaves the file are failures.
export async function open() {
  const playwright = find("playwright-core");
  if (!playwright) skip("no playwright-core; npm install playwright-core, and set NODE_PATH to its node_modules");
  const chromium = ["chromium", "chromium-browser", "google-chrome"].map((name) => "/usr/bin/" + name).find(existsSync);
  if (!chromium) skip("no Chromium in /usr/bin");
  const profile = mkdtempSync(join(tmpdir(), "xgrad-page-"));
  const browser = await playwright.chromium.launchPersistentContext(profile, {
    executablePath: chromium,
    args: ["--no-sandbox"],
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    colorScheme: "light",
  });
  const page = await browser.newPage();
  page.on(
    "console",
    (message) => ["error", "warning"].includes(message.type()) && check(false, "console: " + message.text()),
  );
  page.on("pageerror", (error) => check(false, "error: " + error));
  page.on("request", (request) => check(request.url().startsWith("file:"), "a request: " + request.url()));
  const close = async (said) => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
    console.log(failures ? `${failures} failures` : said + ": ok");
    process.exit(failures ? 1 : 0);
  };
  return { page, close };
}

export const address = (path) => pathToFileURL(resolve(path)).href;

// axe-core finds nothing, in light and in dark; nothing is checked where there is no axe-core.
export async function checkAccess(page, what) {
  const axe = find("axe-core");
  if (!axe) return;
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run());
  for (const v of violations) {
    const where = v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160));
    check(false, `axe, ${what}: ${v.id}: ${where.join(" | ")}`);
  }
}
