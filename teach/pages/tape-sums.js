// The chain rule as numbers: what an operation's term has in one element, as a sum of products.

const nameOf = (line) => data.lines[line].name || `${data.lines[line].op || say(data.lines[line].kind)} (${line})`;
const adjointOf = (line) => "∂L/∂" + nameOf(line);

// dy/dx of elementwise operations, for the inputs a, b and c of one element, and its result y.
const is = (condition) => (condition ? 1 : 0);
const shared = (x, y) => (x > y ? 1 : x === y ? 0.5 : 0);
const slopes = {
  add: [() => 1, () => 1],
  subtract: [() => 1, () => -1],
  multiply: [(v) => v.b, (v) => v.a],
  divide: [(v) => 1 / v.b, (v) => -v.y / v.b],
  maximum: [(v) => shared(v.a, v.b), (v) => shared(v.b, v.a)],
  minimum: [(v) => shared(v.b, v.a), (v) => shared(v.a, v.b)],
  clip: [(v) => is(v.b <= v.a && v.a <= v.c)],
  where: [null, (v) => is(v.a !== 0), (v) => is(v.a === 0)],
  negative: [() => -1],
  square: [(v) => 2 * v.a],
  sqrt: [(v) => 1 / (2 * v.y)],
  rsqrt: [(v) => -(v.y ** 3) / 2],
  exp: [(v) => v.y],
  expm1: [(v) => v.y + 1],
  log: [(v) => 1 / v.a],
  log1p: [(v) => 1 / (1 + v.a)],
  abs: [(v) => Math.sign(v.a)],
  sin: [(v) => Math.cos(v.a)],
  cos: [(v) => -Math.sin(v.a)],
  tanh: [(v) => 1 - v.y * v.y],
  sigmoid: [(v) => v.y * (1 - v.y)],
  softplus: [(v) => 1 / (1 + Math.exp(-v.a))],
  relu: [(v) => is(v.a > 0)],
  gate: [(v) => is(v.b > 0)],
  broadcast_to: [() => 1],
};

// The element of a tensor that broadcasting puts at an element of a larger shape.
function projected(shape, flat, to) {
  const at = place(shape, flat),
    skipped = shape.length - to.length;
  return to.reduce((sum, extent, k) => sum * extent + (extent === 1 ? 0 : at[k + skipped]), 0);
}

function slopeAt(line, input, flat) {
  const { op, inputs, shape } = data.lines[line],
    v = { y: tensor(line).values[flat] };
  inputs.forEach((x, k) => (v["abc"[k]] = tensor(x).values[projected(shape, flat, data.lines[x].shape)]));
  return slopes[op][input](v);
}

// Softmax with cross-entropy: p - one_hot(label), divided by n for a mean.
function crossEntropySlope(line, flat) {
  const [labels, logits, p] = data.lines[line].inputs.map(tensor),
    [row, column] = place(logits.shape, flat);
  const mean = data.lines[line].shape.length === 0;
  return (p.values[flat] - is(labels.values[row] === column)) / (mean ? labels.values.length : 1);
}

// The local factor as a tensor of the result's shape, where the term is the incoming adjoint times it; else nothing.
function factorOf(line, input) {
  const { op, shape, inputs } = data.lines[line];
  if (op === "softmax_cross_entropy" && input === 1) {
    const t = tensor(inputs[1]);
    return plain(
      t.shape,
      t.values.map((_, i) => crossEntropySlope(line, i)),
      t,
    );
  }
  if (!(op in slopes) || !slopes[op][input]) return null;
  const values = tensor(line).values.map((_, i) => slopeAt(line, input, i));
  return values.every((x) => x === 1) ? null : plain(shape, values, tensor(inputs[input]));
}

const flatIn = (shape, at) => at.reduce((sum, x, k) => sum * shape[k] + x, 0);

// Products of matrices: for the element [r, s] of the term, the elements of ȳ and of the other factor, for each t. It
// runs along the last axis of ȳ for the first input, and along the first axis for the second.
const products = {
  matmul: [(r, s, t) => [[r, t], 1, [s, t]], (r, s, t) => [[t, s], 0, [t, r]]],
  matmul_nt: [(r, s, t) => [[r, t], 1, [t, s]], (r, s, t) => [[t, r], 0, [t, s]]],
  matmul_tn: [(r, s, t) => [[s, t], 1, [r, t]], (r, s, t) => [[t, s], 0, [r, t]]],
};
products.linear = products.matmul;

// The sum behind an element of what a line hands to one of its inputs: a list of products, each a list of
// [what, value]. Null where the page knows no such sum.
function sumBehind(line, adjoint, input, flat) {
  const { op, inputs, shape } = data.lines[line],
    g = tensor(adjoint),
    x = inputs[input];
  const xShape = data.lines[x].shape;
  const incoming = (i) => [adjointOf(line) + placeText(shape, i), g.values[i]];
  const all = Array.from(g.values.keys());
  if (op === "linear" && input === 2)
    return all.filter((i) => projected(shape, i, xShape) === flat).map((i) => [incoming(i)]);
  if (op in products && xShape.length === 2 && shape.length === 2) {
    const [r, s] = place(xShape, flat);
    return Array.from({ length: shape[1 - input] }, (_, t) => {
      const [at, other, place2] = products[op][input](r, s, t),
        o = inputs[other],
        i = flatIn(tensor(o).shape, place2);
      return [incoming(flatIn(shape, at)), [nameOf(o) + placeText(tensor(o).shape, i), tensor(o).values[i]]];
    });
  }
  if (op in slopes && slopes[op][input])
    return all
      .filter((i) => projected(shape, i, xShape) === flat)
      .map((i) => {
        const factor = [`∂${nameOf(line)}/∂${nameOf(x)}`, slopeAt(line, input, i)];
        return ["add", "broadcast_to"].includes(op) ? [incoming(i)] : [incoming(i), factor];
      });
  if (op === "sum_to") return [[incoming(projected(xShape, flat, shape))]];
  if (op === "reshape") return [[incoming(flat)]];
  if (op === "softmax_cross_entropy" && input === 1) {
    const [labels, , p] = inputs.map(tensor),
      [row, column] = place(xShape, flat),
      hit = is(labels.values[row] === column);
    const result = [
      incoming(shape.length === 0 ? 0 : row),
      [`(p${placeText(xShape, flat)} − ${hit})`, p.values[flat] - hit],
    ];
    return [shape.length === 0 ? [...result, ["1/n", 1 / labels.values.length]] : result];
  }
  if (op === "mean_squared_error" && input < 2) {
    const [a, b] = inputs.map(tensor),
      sign = input === 0 ? -2 : 2;
    return [
      [
        incoming(0),
        [`${sign} (b − a)`.replace("-", "−"), sign * (b.values[flat] - a.values[flat])],
        ["1/n", 1 / a.values.length],
      ],
    ];
  }
  if (op === "softmax" && shape.length === 2 && data.lines[line].with !== "axis=0") {
    const y = tensor(line),
      [row, column] = place(shape, flat);
    return Array.from({ length: shape[1] }, (_, j) => {
      const i = row * shape[1] + j,
        label = `y${placeText(shape, i)} (${is(j === column)} − y${placeText(shape, flat)})`;
      return [incoming(i), [label, y.values[i] * (is(j === column) - y.values[flat])]];
    });
  }
  return null;
}

// The rule of one input out of an operation's rule: "b̄ += a^T ȳ".
function ruleOf(line, input) {
  const begins = ["ā", "b̄", "c̄"].map((x) => x.normalize("NFC"));
  const parts = data.lines[line].rule.normalize("NFC").split(",  ");
  return parts.filter((part) => part.startsWith(begins[input]))[0] || data.lines[line].rule;
}

// That sum as a table, beside the number on the tape.
function sumTable(term, flat) {
  const value = tensor(term.value),
    x = data.lines[term.to],
    rows = sumBehind(term.from, term.incoming, term.input, flat);
  const where = adjointOf(term.to) + placeText(x.shape, flat);
  const box = make(
    "div",
    { class: "sum", id: "sum", role: "region", "aria-labelledby": "sum-title", tabindex: "0" },
    make("h4", { id: "sum-title" }, say("sum_title", where)),
  );
  const onTape = value.values[flat];
  if (!rows) {
    box.append(make("p", {}, say("no_sum", ruleOf(term.from, term.input), exact(onTape, value))));
    return box;
  }
  const most = 64,
    total = rows.reduce((sum, row) => sum + row.reduce((p, [, v]) => p * v, 1), 0);
  const body = make("tbody");
  for (const row of rows.slice(0, most)) {
    const tr = make("tr");
    for (let k = 0; k < Math.max(...rows.map((r) => r.length)); ++k)
      tr.append(make("td", {}, (k > 0 ? "× " : "") + row[k][0], make("b", {}, " " + short(row[k][1]))));
    tr.append(make("td", { class: "number" }, short(row.reduce((p, [, v]) => p * v, 1))));
    body.append(tr);
  }
  const columns = rows[0] ? rows[0].length : 1;
  const line = (label, text) =>
    make("tr", {}, make("th", { scope: "row", colspan: columns }, label), make("td", { class: "number" }, text));
  box.append(
    make(
      "table",
      {},
      body,
      make(
        "tfoot",
        {},
        ...(rows.length > most ? [line(say("more_terms", rows.length - most), "")] : []),
        line("Σ " + say("sum_is"), exact(total)),
        line(say("on_tape"), exact(onTape, value)),
      ),
    ),
  );
  const parts = [term.incoming, ...data.lines[term.from].inputs].map(tensor);
  if (parts.some((t) => t.approximate)) box.append(make("p", {}, say("rounded")));
  return box;
}
