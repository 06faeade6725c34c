// Draws each race up to the step that the slider is at. All words come as text, never as HTML.
const strings = {
  title: ["A race of optimizers", "优化器赛跑"],
  steps: ["Steps", "步"],
  step: ["Step", "第几步"],
  play: ["Play", "播放"],
  stop: ["Stop", "停止"],
  optimizer: ["optimizer", "优化器"],
  what: [
    "Each optimizer starts from the same point, and goes where its rule sends it. Dark is low; a white ring is a minimum. Move the slider: arrow keys, Home and End work, too.",
    "每个优化器从同一点出发，按自己的规则前进。颜色越深，函数值越小；白圈是极小点。拖动滑块，也可用方向键、Home 和 End。",
  ],
  picture: ["The paths on {0}, up to step {1}", "{0} 上到第 {1} 步的路径"],
};
const races = data;
const slider = byId("step"), button = byId("play");
let timer = 0;

// Steps are far more at the start than the eye can follow at the end: the slider goes over their square root.
const most = Math.max(...races.flatMap((race) => race.tracks.map((track) => track.points.length - 1)), 1);
const stops = [...new Set(Array.from({ length: 201 }, (_, k) => Math.round((k / 200) ** 2 * most)))];
slider.max = stops.length - 1;
const step = () => stops[slider.valueAsNumber];

const size = 560;
const cards = races.map((race) => {
  const card = element(byId("races"), "section");
  element(card, "h2", race.name);
  const canvas = element(card, "canvas");
  canvas.width = canvas.height = size;
  canvas.setAttribute("role", "img");
  const table = element(card, "table");
  const head = element(element(table, "thead"), "tr");
  const name = element(head, "th");
  name.scope = "col";
  name.dataset.say = "optimizer";
  for (const title of ["x", "y", "f"]) element(head, "th", title).scope = "col";
  const body = element(table, "tbody");
  const rows = race.tracks.map((track) => {
    const row = element(body, "tr"), cell = element(row, "th");
    cell.scope = "row";
    const chip = element(cell, "span");
    chip.className = "chip";
    chip.style.background = track.colour;
    cell.append(track.name);
    return [0, 1, 2].map(() => element(row, "td"));
  });
  return { race, canvas, rows, ground: ground(race) };
});

function ground(race) {
  const picture = document.createElement("canvas"), n = race.cells;
  picture.width = picture.height = n;
  const context = picture.getContext("2d"), image = context.createImageData(n, n);
  race.levels.forEach((level, i) => {
    const light = 60 + level * 180 / 255;
    image.data.set([light - 30, light, Math.min(255, light + 25), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return picture;
}

function draw() {
  const at = step();
  byId("number").textContent = `${at} / ${most}`;
  slider.setAttribute("aria-valuetext", String(at));
  for (const { race, canvas, rows, ground } of cards) {
    const [x0, x1, y0, y1] = race.window, context = canvas.getContext("2d");
    const place = ([x, y]) => [(x - x0) / (x1 - x0) * size, (y1 - y) / (y1 - y0) * size];
    canvas.setAttribute("aria-label", say("picture", race.name, at));
    context.drawImage(ground, 0, 0, size, size);
    context.strokeStyle = "white";
    context.lineWidth = 2;
    for (const minimum of race.minima) {
      context.beginPath();
      context.arc(...place(minimum), 7, 0, 7);
      context.stroke();
    }
    race.tracks.forEach((track, k) => {
      const points = track.points.slice(0, at + 1), end = points[points.length - 1];
      context.strokeStyle = context.fillStyle = track.colour;
      context.lineWidth = 2.5;
      context.beginPath();
      points.forEach((point) => context.lineTo(...place(point)));
      context.stroke();
      if (end) {
        context.beginPath();
        context.arc(...place(end), 5, 0, 7);
        context.fill();
      }
      rows[k].forEach((cell, i) => cell.textContent = end ? short(end[i]) : "");
    });
  }
}

function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => {
    if (slider.valueAsNumber >= stops.length - 1) return play(false);
    slider.value = slider.valueAsNumber + 1;
    draw();
  }, 60) : 0;
  button.textContent = say(on ? "stop" : "play");
}

function speak() {
  document.title = say("title");
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = say(place.dataset.say);
  document.querySelector("nav").setAttribute("aria-label", say("steps"));
  button.textContent = say(timer ? "stop" : "play");
  draw();
}

slider.addEventListener("input", draw);
button.addEventListener("click", () => {
  if (!timer && slider.valueAsNumber >= stops.length - 1) slider.value = 0;
  play(!timer);
});
slider.value = stops.length - 1;
start();
