// Draws the report of its data. All words come as text, never as HTML.
const strings = {
  result: ["{0} of {1} test samples right: {2} %.", "{1} 个测试样本中答对 {0} 个：{2} %。"],
  curves: ["Curves", "训练曲线"],
  epoch: ["epoch", "轮"],
  confusion: ["Confusion matrix", "混淆矩阵"],
  confusion_what: ["Rows are the true classes, columns what the model says.", "行是真实类别，列是模型的判断。"],
  truth: ["true", "真实"],
  worst: ["The worst mistakes", "错得最远的样本"],
  worst_what: [
    "Wrong samples, those first to whose true class the model gives the least probability.",
    "判错的样本，按模型给真实类别的概率从小到大排列。",
  ],
  sample: ["sample {0}", "样本 {0}"],
  is: ["{0}, taken for {1}", "{0}，判为 {1}"],
  weights: ["The first layer's weights", "第一层的权重"],
  weights_what: [
    "One picture for each unit: red raises it, blue lowers it.",
    "每个单元一幅图：红色使它增大，蓝色使它减小。",
  ],
  unit: ["unit {0}", "单元 {0}"],
  calibration: ["Calibration", "校准"],
  calibration_what: [
    "Bars: how often the model is right, by how sure it is. On the diagonal they are equal. The mean distance is {0}.",
    "柱：按模型的把握分组的正确率。落在对角线上时二者相等。平均差距为 {0}。",
  ],
  bin: ["sure {0}, right {1}, {2} samples", "把握 {0}，正确 {1}，{2} 个样本"],
  configuration: ["Configuration", "配置"],
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
      for (const [cx, cy] of points) drawn(svg, "circle", { cx, cy, r: 3, fill: colours[i] });
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

function picture(parent, pixels, signed, label) {
  const canvas = element(parent, "canvas", "", "picture"), side = Math.sqrt(pixels.length);
  canvas.width = canvas.height = side;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const context = canvas.getContext("2d"), image = context.createImageData(side, side);
  pixels.forEach((v, i) => {
    const faint = 255 - 2 * Math.abs(v);
    image.data.set(signed ? (v > 0 ? [255, faint, faint, 255] : [faint, faint, 255, 255]) : [faint, faint, faint, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

function worst() {
  if (data.worst.length === 0) return;
  const list = element(card("worst", say("worst_what"), true), "ul", "", "pictures");
  for (const { sample, label, predicted, p, pixels } of data.worst) {
    const item = element(list, "li"), words = say("is", data.classes[label], data.classes[predicted]);
    if (pixels.length) picture(item, pixels, false, words);
    element(item, "div", words);
    element(item, "div", `p = ${short(p)}`);
    element(item, "div", say("sample", sample));
  }
}

function weights() {
  if (data.weights.length === 0) return;
  const list = element(card("weights", say("weights_what"), true), "ul", "", "pictures");
  data.weights.forEach((pixels, k) => {
    const item = element(list, "li");
    picture(item, pixels, true, say("unit", k));
    element(item, "div", say("unit", k));
  });
}

function calibration() {
  const section = card("calibration", say("calibration_what", short(data.calibration_error)));
  const svg = drawn(section, "svg", { viewBox: "0 0 420 320", role: "group", "aria-label": say("calibration") });
  drawn(svg, "path", { d: "M50 10V290H410", fill: "none", class: "axis" });
  data.bins.forEach(([samples, confidence, accuracy], k) => {
    if (!samples) return;
    const bar = drawn(svg, "rect", { x: 52 + 36 * k, y: 290 - 280 * accuracy, width: 32, height: 280 * accuracy, fill: colours[0], opacity: .85, role: "img", "aria-label": say("bin", short(confidence), short(accuracy), samples) });
    drawn(bar, "title", {}, say("bin", short(confidence), short(accuracy), samples));
  });
  drawn(svg, "path", { d: "M50 290L410 10", stroke: colours[1], "stroke-width": 2, "stroke-dasharray": "6 5" });
  for (const [x, y, anchor, text] of [[46, 19, "end", "1"], [46, 292, "end", "0"], [50, 308, "middle", "0"], [410, 308, "end", "1"]])
    drawn(svg, "text", { x, y, "text-anchor": anchor }, text);
}

function configuration() {
  const section = card("configuration"), body = element(element(section, "table", "", "plain"), "tbody");
  for (const [name, value] of data.configuration) {
    const row = element(body, "tr");
    element(row, "th", name).scope = "row";
    element(row, "td", value);
  }
  const text = element(section, "pre", data.summary);
  text.tabIndex = 0;
}

function speak() {
  document.title = byId("title").textContent = data.title;
  byId("result").textContent =
    say("result", data.samples - data.wrong, data.samples, (100 * data.accuracy).toFixed(2));
  byId("cards").replaceChildren();
  curves();
  confusion();
  calibration();
  worst();
  weights();
  configuration();
}

start();
