// Draws the report of its data. All words come as text, never as HTML.
const strings = {
  ...cardStrings,
  result: ["{0} of {1} test samples right: {2} %.", "{1} 个测试样本中答对 {0} 个：{2} %。"],
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
