// Tensors: read from the page's data, and shown as heat-maps whose every cell can be reached by pointer and by keys.

const decoded = new Map();

function decode(raw) {
  const kind = ["f4", "f8", "i1"].find((k) => k in raw);
  const bytes = Uint8Array.from(atob(raw[kind]), (c) => c.charCodeAt(0));
  const approximate = kind === "i1";
  let values;
  if (kind === "f4") values = new Float32Array(bytes.buffer);
  else if (kind === "f8") values = new Float64Array(bytes.buffer);
  else values = Float64Array.from(new Int8Array(bytes.buffer), (x) => (x === -128 ? NaN : x * raw.scale));
  const stats = Object.fromEntries(["min", "max", "mean", "norm"].map((k) => [k, Number(raw[k])]));
  return { shape: raw.shape, values, approximate, kind, ...stats, nan: raw.nan, inf: raw.inf };
}

// The tensor of a line, decoded once.
function tensor(line) {
  if (!decoded.has(line)) decoded.set(line, decode(data.tensors[line]));
  return decoded.get(line);
}

function plain(shape, values, like) {
  const sizes = Array.from(values, Math.abs).filter(Number.isFinite);
  let min = Infinity,
    max = -Infinity,
    squares = 0,
    sum = 0;
  for (const x of values) ((min = Math.min(min, x)), (max = Math.max(max, x)), (squares += x * x), (sum += x));
  return {
    shape,
    values,
    approximate: like && like.approximate,
    kind: like ? like.kind : "f8",
    min,
    max,
    mean: sum / values.length,
    norm: Math.sqrt(squares),
    nan: values.length - sizes.length,
    inf: 0,
  };
}

// The place of an element of a tensor, such as [203, 4].
function place(shape, flat) {
  const at = [];
  for (let k = shape.length; k-- > 0; flat = Math.floor(flat / shape[k])) at[k] = flat % shape[k];
  return at;
}
const placeText = (shape, flat) => "[" + place(shape, flat).join(", ") + "]";

// How many samples the program computed at once: the rows of the last result that has rows.
const batch = data.lines
  .filter((line) => line.op && line.shape.length > 1)
  .map((line) => line.shape[0])
  .at(-1);

// How a tensor lies on a canvas: columns and rows of cells, and the element of a cell, or -1 between tiles.
function layout(shape, limit) {
  const size = shape.reduce((a, b) => a * b, 1),
    side = 28,
    pixels = side * side,
    gap = 2;
  const columnsOfImages = shape.length === 2 && shape[0] === pixels && shape[1] <= 128;
  const rowsOfImages = shape.length === 2 && shape[1] === pixels;
  if (columnsOfImages || rowsOfImages) {
    const all = columnsOfImages ? shape[1] : shape[0],
      shown = columnsOfImages ? all : Math.min(all, limit);
    const across = Math.min(shown, 5),
      step = side + gap;
    return {
      columns: across * step - gap,
      rows: Math.ceil(shown / across) * step - gap,
      images: true,
      shown,
      all,
      scale: across > 2 ? 3 : 5,
      element(x, y) {
        const tile = Math.floor(y / step) * across + Math.floor(x / step),
          px = x % step,
          py = y % step;
        if (px >= side || py >= side || tile >= shown) return -1;
        return columnsOfImages ? (py * side + px) * all + tile : tile * pixels + py * side + px;
      },
    };
  }
  const columns = shape.length === 0 ? 1 : Math.max(1, shape[shape.length - 1]),
    all = Math.floor(size / columns);
  const shown = Math.min(all, shape.length > 1 && shape[0] === batch ? limit : 64),
    across = Math.min(columns, 64);
  const lines = shape.length === 1 ? Math.ceil(columns / across) : shown; // a long vector goes on in the next row
  return {
    columns: across,
    rows: lines,
    shown,
    all,
    scale: Math.max(6, Math.min(28, Math.floor(440 / across))),
    element: (x, y) => (shape.length === 1 ? (y * across + x < columns ? y * across + x : -1) : y * columns + x),
  };
}

// The elements that a heat-map of this shape shows.
function shownElements(shape) {
  const plan = layout(shape, data.rows);
  return Array.from({ length: plan.rows * plan.columns }, (_, k) =>
    plan.element(k % plan.columns, Math.floor(k / plan.columns)),
  ).filter((i) => i >= 0);
}

const dark = matchMedia("(prefers-color-scheme: dark)");

// Red above 0, blue below, the page's own ground at 0; what is not a number is green.
function colour(x, largest) {
  if (Number.isNaN(x)) return [20, 160, 60];
  const ground = dark.matches ? [24, 28, 36] : [255, 255, 255];
  const end = dark.matches ? (x > 0 ? [255, 120, 96] : [96, 160, 255]) : x > 0 ? [190, 24, 32] : [24, 72, 190];
  const part = largest > 0 ? Math.min(1, Math.abs(x) / largest) ** 0.7 : 0;
  return ground.map((g, k) => Math.round(g + (end[k] - g) * part));
}

function paint(canvas, t, plan, at) {
  const { columns, rows, scale } = plan,
    context = canvas.getContext("2d");
  const finite = t.values.reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0);
  canvas.width = columns * scale;
  canvas.height = rows * scale;
  for (let y = 0; y < rows; ++y)
    for (let x = 0; x < columns; ++x) {
      const i = plan.element(x, y);
      if (i < 0) continue;
      context.fillStyle = "rgb(" + colour(t.values[i], finite).join(" ") + ")";
      context.fillRect(x * scale, y * scale, scale - (scale > 5 ? 1 : 0), scale - (scale > 5 ? 1 : 0));
    }
  if (!at) return;
  context.strokeStyle = dark.matches ? "#fd5" : "#000";
  context.lineWidth = 2;
  context.strokeRect(at[0] * scale, at[1] * scale, scale, scale);
}

// A heat-map with its caption. pick(element) is called for a cell that is clicked.
function heatmap(caption, t, { pick, selected, note } = {}) {
  const plan = layout(t.shape, data.rows);
  let at = [0, 0];
  if (selected !== undefined)
    for (let y = 0; y < plan.rows; ++y)
      for (let x = 0; x < plan.columns; ++x) if (plan.element(x, y) === selected) at = [x, y];
  const canvas = make("canvas", {
    tabindex: "0",
    role: pick ? "application" : "img",
    class: pick ? "pick" : "",
    "aria-label": `${caption}, ${shapeText(t.shape)}, ${short(t.min)} … ${short(t.max)}`,
  });
  const readout = make("output", { class: "readout", "aria-live": "polite" }, " ");
  const show = (mark) => {
    const i = plan.element(...at);
    readout.textContent = i < 0 ? " " : placeText(t.shape, i) + " = " + exact(t.values[i], t);
    if (mark) paint(canvas, t, plan, at);
  };
  const cellOf = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * plan.columns);
    const y = Math.floor(((event.clientY - box.top) / box.height) * plan.rows);
    return [Math.max(0, Math.min(plan.columns - 1, x)), Math.max(0, Math.min(plan.rows - 1, y))];
  };
  canvas.addEventListener("mousemove", (event) => {
    at = cellOf(event);
    show(false);
  });
  canvas.addEventListener("click", (event) => {
    at = cellOf(event);
    show(true);
    choose();
  });
  canvas.addEventListener("focus", () => show(true));
  canvas.addEventListener("blur", () => paint(canvas, t, plan, selected !== undefined && at));
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) {
      const next = at.map((x, k) => x + moves[event.key][k]);
      if (next[0] >= 0 && next[1] >= 0 && next[0] < plan.columns && next[1] < plan.rows) at = next;
      show(true);
    } else if (event.key === "Enter" || event.key === " ") choose();
    else if (event.key === "Escape") canvas.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  function choose() {
    const i = plan.element(...at);
    if (pick && i >= 0) pick(i);
  }
  paint(canvas, t, plan, selected !== undefined && at);
  const range =
    `${short(t.min)} … ${short(t.max)}   ‖·‖ ${short(t.norm)}` + (t.nan || t.inf ? `   NaN ${t.nan}, ∞ ${t.inf}` : "");
  const notes = [note, plan.images && say("images"), plan.shown < plan.all && say("cut", plan.shown, plan.all)];
  return make(
    "figure",
    {},
    make(
      "figcaption",
      {},
      make("strong", {}, caption),
      ` ${shapeText(t.shape)}${t.approximate ? " ≈" : ""}`,
      make("small", {}, range),
      ...notes.filter(Boolean).map((n) => make("small", {}, n)),
    ),
    canvas,
    readout,
  );
}
