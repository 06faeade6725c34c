// node tape_page.mjs FOLDER [PICTURES]: drives the page that `tape_page FOLDER` wrote in headless Chromium by keys and
// clicks, and writes pictures of it to a folder if one is given. Exits with 77 where Chromium or playwright-core is missing.

import { join } from "node:path";
import { address, check, checkAccess, open } from "./browser.mjs";

const [folder, pictures] = process.argv.slice(2);
const page_path = join(folder, "tape.html");
const { page, close } = await open();

const shoot = async (name) => pictures && page.screenshot({ path: join(pictures, name + ".png") });
const hash = () => page.evaluate(() => location.hash);
const status = () => page.textContent("#where");

await page.goto(address(page_path));
const { lines, terms } = await page.evaluate(() => {
  const data = JSON.parse(document.getElementById("tape").textContent);
  return { lines: data.lines.length, terms: data.steps.flatMap((s) => s.terms).length };
});
const count = lines + 1 + terms;
check(
  (await status()).includes(`step 1 of ${count}`),
  "one step for each line, the seed and each term: " + (await status()),
);

await page.keyboard.press("ArrowRight");
check((await hash()) === "#1", "→ goes to #1");
await page.keyboard.press("End");
check((await hash()) === "#" + (count - 1), "End goes to the last step");
check(await page.isDisabled("#next"), "there is no next step at the end");
await page.keyboard.press("ArrowLeft");
check((await hash()) === "#" + (count - 2), "← goes back");
await page.keyboard.press("Home");
check((await hash()) === "#0", "Home goes to the first step");
await page.click("#next");
check((await hash()) === "#1", "the button goes on");
await page.click("#lines tr:last-child td button");
check((await hash()) === "#" + (lines - 1), "a row leads to its step");
await shoot("forward");

// At every term, the sum behind an element is the number on the tape.
const sums = await page.evaluate(() => {
  let checked = 0,
    worst = 0;
  for (const step of steps.filter((s) => s.kind === "term")) {
    const value = tensor(step.value),
      parts = [step.incoming, ...data.lines[step.from].inputs].map(tensor);
    if (parts.some((t) => t.approximate) || value.approximate) continue;
    for (let n = 0; n < 40; ++n) {
      const i = (n * 2654435761) % value.values.length,
        rows = sumBehind(step.from, step.incoming, step.input, i);
      if (!rows) continue;
      const sum = rows.reduce((s, row) => s + row.reduce((p, [, v]) => p * v, 1), 0);
      worst = Math.max(worst, Math.abs(sum - value.values[i]) / Math.max(1e-3, Math.abs(value.values[i])));
      ++checked;
    }
  }
  return { checked, worst };
});
check(sums.checked > 0 && sums.worst < 1e-4, "sums are what is on the tape: " + JSON.stringify(sums));

// The model's forward pass in the page gives the probabilities of the tape.
const worst = await page.evaluate(() => {
  const x = data.lines.findIndex((line) => line.shape.length === 2 && line.shape[1] === 784);
  const p = data.lines.findIndex((line) => line.op === "softmax"),
    layers = modelLayers(),
    classes = data.lines[p].shape[1];
  return Math.max(
    ...tensor(p).values.map((q, i) => {
      const row = Math.floor(i / classes);
      return Math.abs(forward(layers, tensor(x).values.slice(row * 784, row * 784 + 784)).at(-1)[i % classes] - q);
    }),
  );
});
check(worst < 1e-5, "the page computes what the model computes: " + worst);
check(
  (await page.evaluate(() => [1200, 0.5, 12345, -3e-5, 1e7].map(short).join(" "))) === "1200 0.5 12350 −3.00e−5 1.00e+7",
  "numbers keep their zeros",
);

// A click, and keys, on a contribution show its sum.
await page.goto(address(page_path) + "#" + (lines + 1));
await page.waitForSelector("canvas.pick");
await page.click("canvas.pick");
check(await page.isVisible("#sum"), "a click on a contribution shows its sum");
await shoot("sum");
await page.keyboard.press("End");
await page.focus("canvas.pick");
await page.keyboard.press("ArrowRight");
check((await hash()) === "#" + (count - 1), "arrows on a heat-map move in it");
await page.keyboard.press("Enter");
check(await page.isVisible("#sum"), "Enter shows the sum");
await shoot("last");

await page.click("#predict");
check(!(await page.isVisible("canvas.pick")), "what is to be predicted is hidden");
await shoot("predict");
await page.click(".question button");
check((await page.textContent("#score")).includes("of 1"), "an answer is counted");
await page.click("#predict");

await page.click("#tab-graph");
check((await page.locator("#view-graph .node").count()) === lines, "the graph has a node for each line");
await shoot("graph");
await page.focus("#tab-graph");
await page.keyboard.press("ArrowLeft");
check(await page.isVisible("#view-table"), "arrows switch tabs");

await page.click("#language");
check(
  (await page.getAttribute("html", "lang")) === "zh-CN" && (await status()).includes("反向"),
  "the page speaks Chinese",
);
await shoot("chinese");
await page.click("#language");
check((await status()).includes("backward"), "and English again");

const pad = page.locator("canvas.pad");
if (await pad.count()) {
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + 110, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 112, box.y + 180, { steps: 8 });
  await page.mouse.up();
  check((await page.textContent(".drawing [role=status]")).match(/\d/), "the model reads what is drawn");
  await shoot("draw");
}

for (const scheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme: scheme });
  for (const at of [1, count - 2]) {
    await page.evaluate((k) => (go(k), showTab(k === 1 ? "graph" : "table")), at);
    await checkAccess(page, `${scheme}, step ${at}`);
  }
}
await page.evaluate(() => (go(data.lines.length + 1), showTab("table")));
await page.evaluate(() => scrollTo(0, 0));
await shoot("dark");
await page.emulateMedia({ colorScheme: "light" });
await page.setViewportSize({ width: 390, height: 844 });
check(await page.evaluate(() => document.documentElement.scrollWidth <= 390), "a narrow page does not scroll sideways");
await shoot("narrow");

await close(`${count} steps, ${sums.checked} sums, worst ${sums.worst.toExponential(1)}`);
