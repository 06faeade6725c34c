// The whole tape at a glance: as a table and as a graph.

function lineTitle(line) {
  const { name, op, kind, inputs } = data.lines[line];
  const call = op ? `${op}(${inputs.map(nameOf).join(", ")})` : say(kind);
  return name ? `${name} = ${call}` : `${line}: ${call}`;
}

function drawTable() {
  byId("columns").replaceChildren(
    ...["#", say("operation"), say("inputs"), say("shape"), say("value"), say("gradient")].map((text) =>
      make("th", { scope: "col" }, text),
    ),
  );
  byId("lines").replaceChildren(
    ...data.lines.map((line, k) => {
      const adjoint = adjointAt(k, isHidden() ? now - 1 : now),
        step = steps[now];
      const current = step.line === k,
        target = step.kind === "term" && step.to === k;
      const button = make(
        "button",
        { type: "button", class: "line", "aria-current": current && "step" },
        ...(line.op || say(line.kind)).split("_").flatMap((part, n) => (n ? ["_", make("wbr"), part] : [part])),
        line.name ? make("i", {}, " " + line.name) : "",
      );
      return make(
        "tr",
        { class: current ? "current" : target ? "target" : "", onclick: () => goToLine(k) },
        make("th", { scope: "row" }, String(k)),
        make("td", {}, button),
        make("td", {}, line.inputs.join(" ")),
        make("td", {}, shapeText(line.shape)),
        make("td", { class: "number" }, summaryOf(tensor(k))),
        make("td", { class: "number gradient" }, adjoint === undefined ? "" : summaryOf(tensor(adjoint))),
      );
    }),
  );
}

// Lines by their depth: leaves stand just above the first line that reads them.
function drawGraph() {
  const depth = data.lines.map(() => 0);
  data.lines.forEach((line, k) => line.inputs.forEach((i) => (depth[k] = Math.max(depth[k], depth[i] + 1))));
  data.lines.forEach((line, k) => {
    const readers = data.lines.flatMap((other, r) => (other.inputs.includes(k) ? [depth[r] - 1] : []));
    if (!line.op && readers.length) depth[k] = Math.min(...readers);
  });
  const width = 108,
    height = 34,
    stepX = 120,
    stepY = 66,
    inRow = [];
  const at = depth.map((d) => [(inRow[d] = (inRow[d] || 0) + 1) - 1, d]);
  const most = Math.max(...inRow.map((n) => n || 0));
  const xy = at.map(([x, d]) => [(x + (most - inRow[d]) / 2) * stepX + 6, d * stepY + 6]);
  const total = [most * stepX, inRow.length * stepY - 20],
    step = steps[now];
  const svg = make("svg", {
    viewBox: `0 0 ${total[0]} ${total[1]}`,
    width: total[0],
    height: total[1],
    role: "group",
    "aria-label": say("graph"),
    style: `max-width: 100%; height: auto; min-width: ${Math.round(total[0] * 0.7)}px`,
  });
  data.lines.forEach((line, k) =>
    line.inputs.forEach((i, input) => {
      const [x1, y1] = [xy[i][0] + width / 2, xy[i][1] + height],
        [x2, y2] = [xy[k][0] + width / 2, xy[k][1]];
      const isTerm = step.kind === "term" && step.from === k && step.input === input;
      svg.append(
        make("path", {
          class: isTerm ? "edge term" : "edge",
          d: `M${x1} ${y1} C${x1} ${y1 + 20} ${x2} ${y2 - 20} ${x2} ${y2}`,
        }),
      );
    }),
  );
  data.lines.forEach((line, k) => {
    const [x, y] = xy[k],
      adjoint = adjointAt(k, isHidden() ? now - 1 : now),
      label = line.name || line.op || say(line.kind);
    const reached = adjoint === undefined ? "" : "   ∂ " + summaryOf(tensor(adjoint));
    const node = make(
      "g",
      {
        role: "button",
        tabindex: "0",
        "aria-description": lineTitle(k),
        onclick: () => goToLine(k),
        class: `node ${step.line === k ? "current" : step.to === k ? "target" : ""} ${line.op ? "" : "leaf"}`,
        onkeydown: (event) => {
          if (event.key === "Enter" || event.key === " ") (goToLine(k), event.preventDefault());
        },
      },
      make("rect", { x, y, width, height, rx: line.op ? 4 : 14 }),
      make("text", { x: x + width / 2, y: y + 14 }, label.length > 16 ? label.slice(0, 15) + "…" : label),
      make("text", { x: x + width / 2, y: y + 27, class: "sub" }, reached || shapeText(line.shape)),
    );
    svg.append(node);
  });
  byId("view-graph").replaceChildren(svg);
}

// Scrolls the table, or the graph, to the current line.
function follow() {
  const panel = ["view-table", "view-graph"].map(byId).find((view) => !view.hidden);
  const current = panel.querySelector(".current");
  if (!current) return;
  const its = current.getBoundingClientRect(),
    box = panel.getBoundingClientRect();
  const shift = (from, to, low, high) => (from < low || to > high ? (from + to - low - high) / 2 : 0);
  panel.scrollTop += shift(its.top, its.bottom, box.top + 30, box.bottom);
  panel.scrollLeft += shift(its.left, its.right, box.left, box.right);
}
