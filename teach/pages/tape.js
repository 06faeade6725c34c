// The page itself: the steps, the table and the graph, and where the reader is.

const steps = data.lines.map((_, line) => ({ kind: "line", line }));
if (data.steps.length > 0) steps.push({ kind: "seed", line: data.lines.length - 1, adjoint: data.steps[0].adjoint });
const lastAdjoint = new Map();
for (const { line, adjoint, terms } of data.steps)
  for (const term of terms) {
    steps.push({ kind: "term", line, from: line, incoming: adjoint, ...term, before: lastAdjoint.get(term.to) });
    lastAdjoint.set(term.to, term.adjoint);
  }
const forwardSteps = data.lines.length;

let now = 0,
  chosen,
  guessed = new Map();

// The adjoint of a line as far as it is added up at a step.
function adjointAt(line, at) {
  for (let k = at; k >= forwardSteps; --k) {
    if (steps[k].kind === "seed" ? steps[k].line === line : steps[k].to === line) return steps[k].adjoint;
  }
}

// Whether a step's gradient is yet to be predicted.
const isHidden = () => byId("predict").checked && steps[now].kind === "term" && !guessed.has(now);

const summaryOf = (t) =>
  (t.values.length === 1 ? short(t.values[0]) : "‖" + short(t.norm) + "‖") + (t.nan || t.inf ? " !" : "");

function go(step) {
  step = Math.max(0, Math.min(steps.length - 1, step));
  if (step !== now) chosen = undefined;
  now = step;
  if (location.hash !== "#" + step) history.replaceState(null, "", "#" + step);
  const view = ["lines", "view-graph"].find((id) => byId(id).contains(document.activeElement));
  draw(); // makes rows and nodes anew, so the one that had the focus gives it to the current one
  if (view) byId(view).querySelector("tr.current button, g.current")?.focus();
}

// Where a click on a line leads: in the sweep, to what the line hands on, or to what it gets; else to its computation.
function goToLine(line) {
  const find = (test) => steps.findIndex((s) => s.kind === "term" && test(s));
  const from = find((s) => s.from === line),
    to = find((s) => s.to === line);
  go(now < forwardSteps ? line : from >= 0 ? from : to >= 0 ? to : line);
}

function drawLine({ line }) {
  const { op, inputs } = data.lines[line],
    parts = [];
  if (!op) parts.push(make("p", {}, say("leaf")));
  const maps = [...new Set(inputs)].map((i) => heatmap(say("input_value", nameOf(i)), tensor(i)));
  if (maps.length) parts.push(make("h3", {}, say("inputs")), make("div", { class: "maps" }, ...maps));
  parts.push(
    make("h3", {}, say("value")),
    make("div", { class: "maps" }, heatmap(op ? say("result", nameOf(line)) : nameOf(line), tensor(line))),
  );
  return [lineTitle(line), ...parts];
}

function drawTerm(term) {
  const { from, to, input, number, of } = term,
    value = tensor(term.value),
    x = nameOf(to);
  const factor = factorOf(from, input);
  const letters = data.lines[from].inputs.map((i, k) => `${"abc"[k]} = ${nameOf(i)}`);
  const maps = [heatmap(say("incoming", nameOf(from)), tensor(term.incoming))];
  if (factor) maps.push(heatmap(say("factor"), factor, { note: say("factor_note") }));
  else if (data.lines[from].op in products && input < 2)
    maps.push(
      heatmap(
        say("input_value", nameOf(data.lines[from].inputs[1 - input])),
        tensor(data.lines[from].inputs[1 - input]),
      ),
    );
  const parts = [
    make(
      "p",
      { class: "rule" },
      make("strong", {}, say("rule") + ": "),
      make("code", {}, ruleOf(from, input)),
      " ",
      make("small", {}, say("where_names", `y = ${nameOf(from)}, ${letters.join(", ")}`)),
    ),
    make("div", { class: "maps" }, ...maps),
  ];
  if (isHidden()) return [say("term_title", nameOf(from), x), ...parts, question(value)];
  const pick = (i) => {
    chosen = i;
    draw();
    byId("sum").focus();
  };
  parts.push(
    make("h3", {}, say("term")),
    answer(value),
    make("div", { class: "maps" }, heatmap(say("contribution", x), value, { pick, selected: chosen })),
  );
  parts.push(chosen === undefined ? make("p", { class: "hint" }, say("choose")) : sumTable(term, chosen));
  const dots = make("span", { class: "dots", "aria-hidden": "true" }, "●".repeat(number) + "○".repeat(of - number));
  parts.push(make("h3", {}, dots, " ", say("arrived", number, of) + (number === of ? ": " + say("complete") : "")));
  const after = tensor(term.adjoint);
  const before =
    term.before === undefined
      ? plain(
          after.shape,
          after.values.map(() => 0),
          after,
        )
      : tensor(term.before);
  if (of > 1)
    parts.push(make("div", { class: "maps" }, heatmap(say("before", x), before), heatmap(say("after", x), after)));
  else parts.push(make("p", {}, `${adjointOf(to)}:  0 → ${summaryOf(after)}`));
  return [say("term_title", nameOf(from), x), ...parts];
}

// The element that a step asks about: another one at each step, the same at each visit.
function asked(step) {
  const shown = shownElements(tensor(steps[step].value).shape);
  return shown[(step * 7919 + 13) % shown.length];
}

function question(value) {
  const answerWith = (sign) => () => {
    guessed.set(now, sign);
    chosen = asked(now);
    draw();
    byId("sum").focus();
  };
  return make(
    "div",
    { class: "question", role: "group", "aria-labelledby": "question" },
    make("p", { id: "question" }, say("ask", placeText(value.shape, asked(now)))),
    ...[
      ["positive", 1],
      ["zero", 0],
      ["minus", -1],
    ].map(([key, sign]) => make("button", { type: "button", onclick: answerWith(sign) }, say(key))),
  );
}

const isRight = (step) => Math.sign(tensor(steps[step].value).values[asked(step)]) === guessed.get(step);

function answer(value) {
  if (!byId("predict").checked || !guessed.has(now)) return "";
  const sign = say({ 1: "positive", 0: "zero", "-1": "minus" }[Math.sign(value.values[asked(now)])] || "zero");
  return make("p", { class: "answer" }, say(isRight(now) ? "right" : "wrong", sign));
}

function draw() {
  const step = steps[now];
  for (const e of document.querySelectorAll("[data-say]")) e.textContent = say(e.dataset.say);
  for (const id of ["first", "back", "next", "last"]) byId(id).textContent = say(id);
  byId("back").disabled = byId("first").disabled = now === 0;
  byId("next").disabled = byId("last").disabled = now === steps.length - 1;
  byId("where").textContent =
    say(now < forwardSteps ? "forward" : "backward") + " · " + say("step", now + 1, steps.length);
  byId("progress").value = (now + 1) / steps.length;
  byId("progress").setAttribute("aria-label", byId("where").textContent);
  byId("score").textContent = byId("predict").checked
    ? say("score", [...guessed.keys()].filter(isRight).length, guessed.size)
    : "";
  drawTable();
  if (!byId("view-graph").hidden) drawGraph();
  const [title, ...parts] =
    step.kind === "line"
      ? drawLine(step)
      : step.kind === "term"
        ? drawTerm(step)
        : [
            say("seed_title"),
            make("p", {}, say("seed")),
            make("div", { class: "maps" }, heatmap(adjointOf(step.line), tensor(step.adjoint))),
          ];
  byId("step").replaceChildren(make("h2", { id: "step-title" }, title), ...parts);
  follow();
}

function showTab(name) {
  for (const tab of ["table", "graph"]) {
    byId("tab-" + tab).setAttribute("aria-selected", String(tab === name));
    byId("tab-" + tab).tabIndex = tab === name ? 0 : -1;
    byId("view-" + tab).hidden = tab !== name;
  }
  draw();
}

document.title = byId("title").textContent = data.title;
for (const [id, step] of [
  ["first", () => 0],
  ["back", () => now - 1],
  ["next", () => now + 1],
  ["last", () => steps.length - 1],
])
  byId(id).addEventListener("click", () => go(step()));
for (const tab of ["table", "graph"]) {
  const other = tab === "table" ? "graph" : "table";
  byId("tab-" + tab).addEventListener("click", () => showTab(tab));
  byId("tab-" + tab).addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    (showTab(other), byId("tab-" + other).focus(), event.preventDefault(), event.stopPropagation());
  });
}
function speak() {
  draw();
  drawTraining();
}

byId("predict").addEventListener("change", draw);
dark.addEventListener("change", speak);
addEventListener("hashchange", () => go(Math.trunc(Number(location.hash.slice(1))) || 0));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input[type=range], canvas")) return;
  const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: steps.length - 1 }[event.key];
  if (to !== undefined) (go(to), event.preventDefault());
});
showTab("table");
go(Math.trunc(Number(location.hash.slice(1))) || 0);
start();
