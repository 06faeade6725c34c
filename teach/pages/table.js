// Draws the report of a table, xgrad::json_text() of a TableReport. All words come as text, never as HTML.
data.curves = data.history;
data.epochs = [0];
const strings = {
  ...cardStrings,
  right: [
    "{0} rows: {1} % right, where who always says the most frequent class has {2} %.",
    "{0} 行：答对 {1} %；若总说最常见的类别，则为 {2} %。",
  ],
  near: [
    "{0} rows: off by {1} in the mean (MAE), RMSE {2}, R² {3}.",
    "{0} 行：平均绝对误差 {1}，均方根误差 {2}，R² {3}。",
  ],
  residuals: ["Residuals", "残差"],
  residuals_what: ["Predicted minus true, of the rows that were held out.", "预测值减真实值，取自留出的行。"],
  least: ["smallest", "最小"], quarter: ["lower quartile", "下四分位"], median: ["median", "中位数"],
  three_quarters: ["upper quartile", "上四分位"], greatest: ["greatest", "最大"],
  importance: ["Importance of the columns", "各列的重要性"],
  importance_what: [
    "What {0} loses if the values of a column are shuffled among the rows.",
    "把一列的值在各行间打乱后 {0} 的损失。",
  ],
  worst: ["The rows that it is most wrong about", "错得最远的行"],
  worst_what: ["Rows count from 0 in the file.", "行号在文件中从 0 数起。"],
  row: ["row", "行"], is: ["is", "真实"], predicted: ["predicted", "预测"],
  accuracy: ["accuracy", "正确率"],
  lack: ["1 − probability of what it is", "1 − 真实类别的概率"], error: ["error", "误差"],
};
const classes = "classes" in data;

function residuals() {
  const body = element(element(card("residuals", say("residuals_what")), "table", "", "plain"), "tbody");
  ["least", "quarter", "median", "three_quarters", "greatest"].forEach((key, k) => {
    const row = element(body, "tr");
    element(row, "th", say(key)).scope = "row";
    element(row, "td", short(data.residuals[k]));
  });
}

function importance() {
  const section = card("importance", say("importance_what", classes ? say("accuracy") : "R²"));
  const all = Object.entries(data.importance), most = Math.max(1e-12, ...all.map(([, loss]) => loss ?? 0));
  const body = element(element(section, "table", "", "bars"), "tbody");
  for (const [name, loss] of all) {
    const row = element(body, "tr"), bar = element(row, "td", "", "bar");
    const head = element(row, "th", name);
    head.scope = "row";
    row.prepend(head);
    element(bar, "div").style.width = `${100 * Math.max(0, (loss ?? 0) / most)}%`;
    element(row, "td", short(loss ?? NaN));
  }
}

function worst() {
  if (data.worst.length === 0) return;
  const table = element(card("worst", say("worst_what"), true), "table"), head = element(element(table, "thead"), "tr");
  for (const key of ["row", "is", "predicted", classes ? "lack" : "error"]) element(head, "th", say(key)).scope = "col";
  const body = element(table, "tbody");
  for (const { row, is, predicted, error } of data.worst) {
    const line = element(body, "tr");
    element(line, "th", String(row)).scope = "row";
    for (const text of [is, predicted, short(error ?? NaN)]) element(line, "td", text);
  }
}

function speak() {
  document.title = byId("title").textContent = data.title;
  const m = data.metrics, percent = (x) => (100 * x).toFixed(1);
  byId("result").textContent = classes ? say("right", data.rows, percent(m.accuracy), percent(m.majority))
                                       : say("near", data.rows, short(m.mae), short(m.rmse), short(m.r2 ?? NaN));
  byId("cards").replaceChildren();
  curves();
  if (classes) confusion();
  else residuals();
  importance();
  worst();
}

start();
