// What is known of the training: curves, the first layer in its course, and the model, which reads a drawn digit.

// Lines over the epochs. With log, the scale is logarithmic.
function chart(title, lines, log) {
  const width = 340,
    height = 150,
    left = 50,
    bottom = 26,
    top = 8;
  const scaled = (x) => (log ? Math.log10(x) : x);
  const all = lines.flatMap(([, values]) => values.map(scaled)).filter(Number.isFinite);
  if (all.length === 0) return "";
  const least = Math.min(...all),
    span = Math.max(...all) - least || 1,
    count = Math.max(...lines.map(([, v]) => v.length));
  const x = (k) => left + (count < 2 ? 0.5 : k / (count - 1)) * (width - left - 12);
  const y = (v) => top + (1 - (v - least) / span) * (height - top - bottom);
  const shown = (v) => short(log ? 10 ** v : v);
  const label =
    `${title}: ` + lines.map(([name, v]) => `${name} ${short(v[0])} → ${short(v[v.length - 1])}`).join("; ");
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const v of [least, least + span / 2, least + span])
    svg.append(
      make("line", { class: "grid", x1: left, x2: width - 12, y1: y(v), y2: y(v) }),
      make("text", { x: left - 6, y: y(v) + 4, class: "end" }, shown(v)),
    );
  svg.append(make("text", { x: left, y: height - 8 }, say("epoch") + " 1"));
  if (count > 1) svg.append(make("text", { x: width - 12, y: height - 8, class: "end" }, String(count)));
  lines.forEach(([, values], n) => {
    const points = values.map((v, k) => [x(k), y(scaled(v))]).filter(([, v]) => Number.isFinite(v));
    svg.append(make("polyline", { class: "curve c" + (n % 6), points: points.map((p) => p.join(",")).join(" ") }));
  });
  const legend = make(
    "ul",
    { class: "legend" },
    ...lines.map(([name, values], n) =>
      make("li", { class: "c" + (n % 6) }, `${name} `, make("b", {}, short(values[values.length - 1]))),
    ),
  );
  return make("figure", { class: "chart" }, make("figcaption", {}, make("strong", {}, title)), svg, legend);
}

function drawCurves() {
  const charts = [];
  const names = Object.keys(data.history || {}),
    numbers = (values) => values.map(Number);
  for (const name of names.filter((n) => !(n.startsWith("val_") && names.includes(n.slice(4)))))
    charts.push(
      chart(
        name,
        [name, "val_" + name].filter((n) => names.includes(n)).map((n) => [n, numbers(data.history[n])]),
      ),
    );
  const norms = Object.entries(data.gradient_norms || {}).map(([name, values]) => [name, numbers(values)]);
  if (norms.length) charts.push(chart(say("norms"), norms, true));
  return charts.length ? [section("curves", make("div", { class: "maps" }, ...charts))] : [];
}

const section = (key, ...parts) =>
  make(
    "section",
    { class: "card", "aria-labelledby": key + "-title" },
    make("h2", { id: key + "-title" }, say(key)),
    ...parts,
  );

// Tensors in the course of training, with a slider.
function drawFrames(key, frames) {
  const holder = make("div", { class: "maps" }),
    at = make("output", { for: key + "-slider" });
  const slider = make("input", {
    type: "range",
    min: 0,
    max: frames.length - 1,
    value: frames.length - 1,
    id: key + "-slider",
    "aria-labelledby": key + "-title",
  });
  const show = () => {
    const { step, tensor: raw } = frames[slider.value];
    at.textContent = say("frame_at", step);
    slider.setAttribute("aria-valuetext", at.textContent);
    holder.replaceChildren(heatmap(say("frame_at", step), decode(raw)));
  };
  slider.addEventListener("input", show);
  const result = section(key, make("p", {}, slider, " ", at), holder);
  show();
  return result;
}

// The model's forward pass over Dense layers: the output of each layer, computed in double.
const activations = {
  linear: (z) => z,
  relu: (z) => z.map((x) => Math.max(x, 0)),
  sigmoid: (z) => z.map((x) => 1 / (1 + Math.exp(-x))),
  tanh: (z) => z.map(Math.tanh),
  softmax(z) {
    const largest = Math.max(...z),
      e = z.map((x) => Math.exp(x - largest)),
      sum = e.reduce((a, b) => a + b, 0);
    return e.map((x) => x / sum);
  },
};

// The model's layers, whose weights are written in full or as a line of the tape.
function modelLayers() {
  const weight = (w) => (typeof w === "number" ? tensor(w) : w && decode(w));
  return data.model.map((l) => ({ ...l, kernel: weight(l.kernel), bias: weight(l.bias) }));
}

function forward(layers, pixels) {
  const outputs = [];
  let x = pixels;
  for (const { kernel, bias, activation } of layers) {
    const units = kernel.shape[1],
      z = Array.from({ length: units }, (_, j) => (bias ? bias.values[j] : 0));
    x.forEach((v, i) => {
      if (v !== 0) for (let j = 0; j < units; ++j) z[j] += v * kernel.values[i * units + j];
    });
    outputs.push((x = activations[activation](z)));
  }
  return outputs;
}

// A drawing as MNIST has its digits: fitted into 20 by 20 pixels, its centre of mass in the middle of 28 by 28.
function asMnist(ink, size) {
  let x0 = size,
    y0 = size,
    x1 = -1,
    y1 = -1;
  for (let y = 0; y < size; ++y)
    for (let x = 0; x < size; ++x)
      if (ink[y * size + x] > 0.05)
        ((x0 = Math.min(x0, x)), (x1 = Math.max(x1, x)), (y0 = Math.min(y0, y)), (y1 = Math.max(y1, y)));
  if (x1 < 0) return null;
  const scale = 20 / (Math.max(x1 - x0, y1 - y0) + 1),
    pixels = new Float64Array(784),
    fine = 4;
  const at = (x, y) => (x < 0 || y < 0 || x >= size || y >= size ? 0 : ink[Math.floor(y) * size + Math.floor(x)]);
  let mass = 0,
    mx = 0,
    my = 0;
  for (let y = y0; y <= y1; ++y)
    for (let x = x0; x <= x1; ++x) ((mass += at(x, y)), (mx += (x + 0.5) * at(x, y)), (my += (y + 0.5) * at(x, y)));
  ((mx /= mass), (my /= mass));
  for (let py = 0; py < 28; ++py)
    for (let px = 0; px < 28; ++px) {
      let sum = 0;
      for (let j = 0; j < fine; ++j)
        for (let i = 0; i < fine; ++i)
          sum += at(mx + (px + (i + 0.5) / fine - 14) / scale, my + (py + (j + 0.5) / fine - 14) / scale);
      pixels[py * 28 + px] = sum / (fine * fine);
    }
  return pixels;
}

const drawing = { size: 112, ink: new Float64Array(112 * 112), pen: [56, 40], down: false };

function stroke(x0, y0, x1, y1) {
  const { size, ink } = drawing,
    radius = 4.6,
    long = Math.ceil(Math.hypot(x1 - x0, y1 - y0)) + 1;
  for (let s = 0; s <= long; ++s) {
    const cx = x0 + ((x1 - x0) * s) / long,
      cy = y0 + ((y1 - y0) * s) / long;
    for (let y = Math.max(0, Math.floor(cy - 7)); y < Math.min(size, cy + 7); ++y)
      for (let x = Math.max(0, Math.floor(cx - 7)); x < Math.min(size, cx + 7); ++x) {
        const reach = Math.max(0, Math.min(1, (radius + 1.5 - Math.hypot(x - cx, y - cy)) / 3));
        ink[y * size + x] = Math.max(ink[y * size + x], reach);
      }
  }
}

function drawPad() {
  const layers = modelLayers();
  const { size, ink } = drawing;
  const canvas = make("canvas", {
    width: size * 2,
    height: size * 2,
    class: "pad",
    tabindex: "0",
    role: "application",
    "aria-label": say("pad"),
  });
  const results = make("div", { class: "reading" }),
    said = make("p", { role: "status" });
  const show = (withPen) => {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = dark.matches ? "#e8ebf0" : "#111";
    ink.forEach((v, i) => {
      if (v === 0) return;
      context.globalAlpha = v;
      context.fillRect((i % size) * 2, Math.floor(i / size) * 2, 2, 2);
    });
    context.globalAlpha = 1;
    context.strokeStyle = drawing.down ? "#d33" : "#28d";
    if (withPen) context.strokeRect(drawing.pen[0] * 2 - 8, drawing.pen[1] * 2 - 8, 16, 16);
    read();
  };
  function read() {
    const pixels = asMnist(ink, size);
    said.textContent = say("nothing_drawn");
    results.replaceChildren();
    if (!pixels) return;
    const outputs = forward(layers, pixels),
      last = outputs[outputs.length - 1],
      best = last.indexOf(Math.max(...last));
    said.textContent = say("reads", best);
    results.append(heatmap(say("sees"), plain([1, 784], pixels)));
    outputs
      .slice(0, -1)
      .forEach((h, k) =>
        results.append(heatmap(say("layer", k + 1, data.model[k].activation), plain([1, h.length], h))),
      );
    results.append(
      make(
        "table",
        { class: "bars" },
        make(
          "thead",
          {},
          make("tr", {}, make("th", { scope: "col" }, say("class")), make("th", { scope: "col" }, say("probability"))),
        ),
        make(
          "tbody",
          {},
          ...last.map((p, k) => {
            const bar = make("span", { class: "bar", "aria-hidden": "true" });
            bar.style.width = Math.max(0, Math.min(1, p)) * 120 + "px";
            return make(
              "tr",
              { class: k === best ? "target" : "" },
              make("th", { scope: "row" }, String(k)),
              make("td", {}, bar, " ", p.toFixed(3)),
            );
          }),
        ),
      ),
    );
  }
  const to = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    ((drawing.pen = to(event)), stroke(...drawing.pen, ...drawing.pen), show(false));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const next = to(event);
    (stroke(...drawing.pen, ...next), (drawing.pen = next), show(false));
  });
  canvas.addEventListener("focus", () => show(canvas.matches(":focus-visible")));
  canvas.addEventListener("blur", () => ((drawing.down = false), show(false)));
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] };
    if (event.key === " ") drawing.down = !drawing.down;
    else if (!(event.key in moves)) return;
    const next = drawing.pen.map((v, k) => Math.max(0, Math.min(size, v + (moves[event.key] || [0, 0])[k])));
    if (drawing.down) stroke(...drawing.pen, ...next);
    ((drawing.pen = next), show(true), event.preventDefault(), event.stopPropagation());
  });
  const clear = make("button", { type: "button", onclick: () => (ink.fill(0), show(false)) }, say("clear"));
  const result = section(
    "draw",
    make("p", { class: "hint" }, say("draw_note")),
    make("div", { class: "drawing" }, make("div", {}, canvas, make("p", {}, clear), said), results),
  );
  result.classList.add("wide");
  show(false);
  return result;
}

function drawTraining() {
  const parts = drawCurves();
  if (data.frames) parts.push(drawFrames("frames", data.frames));
  if (data.decision_frames) parts.push(drawFrames("decisions", data.decision_frames));
  if (data.model) parts.push(drawPad());
  byId("more").replaceChildren(...parts);
}
