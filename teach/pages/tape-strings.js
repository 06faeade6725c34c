// The page's words, in English and in Chinese, and how its numbers are written.

const strings = {
  first: ["First", "开头"],
  back: ["Back", "上一步"],
  next: ["Next", "下一步"],
  last: ["Last", "末尾"],
  tape: ["The tape", "记录带"],
  table: ["Table", "表格"],
  graph: ["Graph", "计算图"],
  operation: ["operation", "运算"],
  inputs: ["inputs", "输入"],
  shape: ["shape", "形状"],
  value: ["value", "值"],
  gradient: ["gradient", "梯度"],
  parameter: ["parameter", "参数"],
  variable: ["variable", "变量"],
  constant: ["constant", "常量"],
  predict: ["Predict the sign first", "先猜符号"],
  score: ["{0} of {1} right", "{1} 题答对 {0} 题"],
  ask: ["What sign will the contribution to element {0} have?", "传给元素 {0} 的这一项是什么符号？"],
  positive: ["+ positive", "+ 正"],
  zero: ["0 zero", "0 零"],
  minus: ["− negative", "− 负"],
  right: ["Right: it is {0}.", "对：它是 {0}。"],
  wrong: ["No: it is {0}.", "不对：它是 {0}。"],
  keys: [
    "Keys: ← and → step, Home and End go to the ends. On a heat-map, the arrow keys move from cell to cell, " +
      "Enter shows the sum behind it, and Escape leaves.",
    "按键：← → 逐步前后，Home 和 End 到两端。在热图上，方向键移动单元格，Enter 显示其求和，Escape 离开。",
  ],
  forward: ["forward", "前向"],
  backward: ["backward", "反向"],
  step: ["step {0} of {1}", "第 {0} 步，共 {1} 步"],
  leaf: ["This line was put on the tape; nothing computed it.", "这一行是放到带上的，不是算出来的。"],
  seed_title: ["The seed: dL/dL = 1", "起点：dL/dL = 1"],
  seed: [
    "The sweep begins at the loss. Its adjoint is 1: if the loss grows by a little, the loss grows by as much.",
    "反向从损失开始。它的伴随值是 1：损失增加一点，损失就增加那么多。",
  ],
  term_title: ["{0} hands a term to {1}", "{0} 把一项传给 {1}"],
  incoming: ["incoming adjoint of {0}", "{0} 的伴随值（传入）"],
  rule: ["Rule", "规则"],
  where_names: ["where {0}", "其中 {0}"],
  factor: ["local factor", "局部导数"],
  factor_note: [
    "the contribution is the incoming adjoint times this, cell by cell",
    "这一项 = 传入的伴随值 × 它，逐元素",
  ],
  contribution: ["contribution to the gradient of {0}", "给 {0} 的梯度的一项"],
  term: ["Contribution", "这一项"],
  before: ["gradient of {0} before", "{0} 的梯度，之前"],
  after: ["gradient of {0} after", "{0} 的梯度，之后"],
  arrived: ["{0} of {1} contributions arrived", "{1} 项中已到 {0} 项"],
  complete: ["the gradient is complete", "梯度已齐"],
  input_value: ["value of {0}", "{0} 的值"],
  result: ["result: {0}", "结果：{0}"],
  cut: ["the first {0} of {1} rows", "共 {1} 行，显示前 {0} 行"],
  images: ["each tile is 28×28", "每块 28×28"],
  sum_title: ["The sum behind element {0}", "元素 {0} 背后的求和"],
  choose: ["Choose a cell of the contribution to see its sum, in numbers.", "点这一项的一个单元格，看它的求和。"],
  on_tape: ["on the tape", "带上的值"],
  sum_is: ["the sum", "求和"],
  more_terms: ["… and {0} more", "…… 还有 {0} 项"],
  no_sum: [
    "The rule computes this term as a whole: {0}. On the tape it is {1}.",
    "规则整体算出这一项：{0}。带上的值是 {1}。",
  ],
  rounded: ["≈: some of these tensors are stored in 8 bits", "≈：其中有张量以 8 位存储"],
  curves: ["Training", "训练过程"],
  norms: ["Norm of the gradient, by layer (log scale)", "各层梯度的范数（对数）"],
  epoch: ["epoch", "轮"],
  frames: ["The first layer in the course of training", "训练中的第一层"],
  decisions: ["The output over the plane in the course of training", "训练中平面上的输出"],
  frame_at: ["after step {0}", "第 {0} 步之后"],
  draw: ["Draw a digit", "写一个数字"],
  draw_note: [
    "Draw with the pointer, or by keys: arrows move the pen, Space puts it down and lifts it.",
    "用鼠标或手指写；或用键盘：方向键移动笔，空格落笔和抬笔。",
  ],
  clear: ["Clear", "清除"],
  reads: ["The model reads: {0}", "模型认为是：{0}"],
  nothing_drawn: ["Nothing is drawn.", "还没有写。"],
  layer: ["layer {0}, {1}", "第 {0} 层，{1}"],
  class: ["digit", "数字"],
  probability: ["output", "输出"],
  pad: ["Drawing area, 28 by 28", "书写区，28×28"],
  sees: ["what the model sees", "模型看到的"],
};

// A number in all digits that it has: those of a float in a page of floats.
function exact(x, t) {
  if (!Number.isFinite(x)) return String(x);
  const digits = t && t.kind === "f4" ? Number(x.toPrecision(9)) : x;
  return String(digits).replaceAll("-", "−") + (t && t.approximate ? " ≈" : "");
}

const shapeText = (shape) => (shape.length === 0 ? "()" : shape.join("×"));
