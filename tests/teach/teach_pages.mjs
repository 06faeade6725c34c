// node teach_pages.mjs FOLDER [PICTURES]: opens what `teach_pages FOLDER` wrote in headless Chromium. The page of a tape
// computes the model's logits, and is not too large; the report and the race are driven, in both languages, in light and
// dark, wide and narrow. Writes pictures to a folder if one is given. Exits with 77 where Chromium or playwright-core is
// missing.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { address, check, checkAccess, open } from "./browser.mjs";

const [folder, pictures] = process.argv.slice(2);
const at = (name) => join(folder, name);
const { page, close } = await open();
const shoot = async (name) => pictures && page.screenshot({ path: join(pictures, name + ".png"), fullPage: true });

const { x, logits, is_float } = JSON.parse(readFileSync(at("digits.json"), "utf8"));
await page.goto(address(at("digits.html")));
const computed = await page.evaluate((pixels) => {
  const layers = modelLayers();
  layers.at(-1).activation = "linear";
  return Array.from({ length: 100 }, (_, i) => forward(layers, pixels.slice(784 * i, 784 * i + 784)).at(-1)).flat();
}, x);
const worst = Math.max(...computed.map((z, i) => Math.abs(z - logits[i])));
check(computed.length === 1000 && worst < 1e-4, "the page computes the logits of 100 digits: " + worst);
check(Math.max(...logits.map(Math.abs)) > 1, "the logits say something");

// What is shown of the step and of the model is exact; frames are marked as approximate. A float's page is half as large.
const sizes = [];
for (const [name, most] of [
  ["digits.html", 600e3],
  ["large.html", 3e6],
]) {
  const size = statSync(at(name)).size;
  sizes.push(Math.round(size / 1e3) + " KB");
  check(size <= (is_float ? most : 2 * most), `${name} has ${size} bytes`);
  await page.goto(address(at(name)));
  const exactly = await page.evaluate(() => ({
    tensors: Object.values(data.tensors).every((t) => !decode(t).approximate),
    model: modelLayers().every((l) => !l.kernel.approximate),
    frames: data.frames.every((f) => decode(f.tensor).approximate),
  }));
  check(exactly.tensors && exactly.model && exactly.frames, `${name}: exact are ${JSON.stringify(exactly)}`);
}

async function everyWay(name) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await checkAccess(page, `${name}, ${scheme}`);
    await shoot(name + "-" + scheme);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.click("#language");
  check((await page.getAttribute("html", "lang")) === "zh-CN", name + " speaks Chinese");
  check(/\p{Script=Han}/u.test(await page.textContent("main, body")), name + " has Chinese words");
  await checkAccess(page, name + ", Chinese");
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(wide <= 390, `${name} is ${wide} wide on a narrow screen`);
  await shoot(name + "-narrow");
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.click("#language");
}

await page.goto(address(at("report.html")));
check((await page.locator("table.confusion tbody tr").count()) === 10, "the report has a row for each class");
check((await page.locator("#cards svg").count()) >= 3, "and pictures of curves and of calibration");
await everyWay("report");

await page.goto(address(at("race.html")));
const ends = () => page.locator("tbody td").allTextContents();
const last = await ends();
check(last.length === 2 * 7 * 3 && last.every((text) => text !== ""), "the race has seven runners, twice");
await page.focus("#step");
await page.keyboard.press("Home");
check((await ends())[0] === "−1.5", "Home goes to the start: " + (await ends())[0]);
await page.keyboard.press("ArrowRight");
check((await page.textContent("#number")).startsWith("1 "), "→ takes a step: " + (await page.textContent("#number")));
await page.keyboard.press("End");
check(JSON.stringify(await ends()) === JSON.stringify(last), "End goes to the end");
await everyWay("race");

await close(`logits ${worst.toExponential(1)} apart, ${sizes.join(" and ")}`);
