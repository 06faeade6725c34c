// What reports share: cards, curves of a training, and a confusion matrix.
const cardStrings = {
  curves: ["Curves", "训练曲线"],
  epoch: ["epoch", "轮"],
  confusion: ["Confusion matrix", "混淆矩阵"],
  confusion_what: ["Rows are the true classes, columns what the model says.", "行是真实类别，列是模型的判断。"],
  truth: ["true", "真实"],
};
const colours = ["#1d6fd1", "#d1492e", "#2f9e5b", "#9256c9", "#b0851d", "#3aa3b5"];
const drawn = (parent, tag, attributes, ...words) => parent.appendChild(make(tag, attributes, ...words));

function card(key, what = "", wide = false) {
  const made = element(byId("cards"), "section", "", wide ? "wide" : "");
  element(made, "h2", say(key));
  if (what) element(made, "p", what, "what");
  return made;
}

// A curve and its val_ twin are in one picture.
function curves() {
  for (const name of new Set(Object.keys(data.curves).map((name) => name.replace(/^val_/, "")))) {
    const pair = [name, "val_" + name].filter((its) => its in data.curves);
    const all = pair.flatMap((its) => data.curves[its]).filter((y) => y !== null);
    if (all.length === 0) continue;
    const section = card("curves"), low = Math.min(...all), high = Math.max(...all), n = Math.max(...pair.map((its) => data.curves[its].length));
    const svg = drawn(section, "svg", { viewBox: "0 0 420 210", role: "img", "aria-label": `${pair.join(", ")}: ${all.map(short).join(", ")}` });
    const x = (k) => n > 1 ? 50 + 355 * k / (n - 1) : 225, y = (v) => high > low ? 180 - 165 * (v - low) / (high - low) : 100;
    drawn(svg, "path", { d: "M50 10V180H410", fill: "none", class: "axis" });
    drawn(svg, "text", { x: 46, y: 19, "text-anchor": "end" }, short(high));
    drawn(svg, "text", { x: 46, y: 182, "text-anchor": "end" }, short(low));
    drawn(svg, "text", { x: 410, y: 200, "text-anchor": "end" }, `${say("epoch")} ${data.epochs[0] + 1} … ${data.epochs[0] + n}`);
    pair.forEach((its, i) => {
      const points = data.curves[its].map((v, k) => v === null ? null : [x(k), y(v)]).filter((p) => p);
      drawn(svg, "polyline", { points: points.join(" "), fill: "none", stroke: colours[i], "stroke-width": 2.5 });
      for (const [cx, cy] of n > 60 ? [] : points) drawn(svg, "circle", { cx, cy, r: 3, fill: colours[i] });
    });
    const key = element(section, "div", "", "key");
    pair.forEach((its, i) => {
      const item = element(key, "span");
      element(item, "span", "", "chip").style.background = colours[i];
      item.append(its);
    });
  }
}

function confusion() {
  const section = card("confusion", say("confusion_what"));
  const scroll = element(section, "div", "", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", say("confusion"));
  const table = element(scroll, "table", "", "confusion"), head = element(element(table, "thead"), "tr");
  element(head, "th", say("truth")).scope = "col";
  for (const name of data.classes) element(head, "th", name).scope = "col";
  const body = element(table, "tbody");
  data.confusion.forEach((row, i) => {
    const line = element(body, "tr"), total = row.reduce((a, b) => a + b, 0);
    element(line, "th", data.classes[i]).scope = "row";
    row.forEach((count, k) => {
      const cell = element(line, "td", String(count), count ? "" : "zero"), share = total ? count / total : 0;
      if (count) cell.style.background = `rgb(${i === k ? "47 158 91" : "209 73 46"} / ${Math.min(.45, i === k ? share * .4 : .06 + share * 3)})`;
    });
  });
}
