// What all pages share: their data, two languages, elements and numbers. A page has `strings`, and a function speak(),
// which writes all words anew. All words come as text, never as HTML.
"use strict";

const data = JSON.parse(document.querySelector("script[type='application/json']").textContent);
let language = navigator.language.startsWith("zh") ? 1 : 0;

function say(key, ...values) {
  return strings[key][language].replace(/\{(\d)\}/g, (_, k) => values[k]);
}

// An element with attributes and children; a string becomes text, never markup.
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "path", "text", "line", "polyline", "circle", "title"].includes(tag);
  const e = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) e.setAttribute(name, value);
  }
  e.append(...children);
  return e;
}

const byId = (id) => document.getElementById(id);

// A number in a few digits.
function short(x) {
  if (!Number.isFinite(x)) return String(x);
  if (x === 0) return "0";
  const size = Math.abs(x);
  const digits = size >= 1e5 || size < 1e-3 ? x.toExponential(2) : String(Number(x.toPrecision(4)));
  return digits.replaceAll("-", "−");
}

function element(parent, tag, text = "", classes = "") {
  return parent.appendChild(make(tag, classes ? { class: classes } : {}, text));
}

function start() {
  const speakIt = () => {
    document.documentElement.lang = language ? "zh-CN" : "en";
    byId("language").textContent = language ? "English" : "中文";
    speak();
  };
  byId("language").addEventListener("click", () => {
    language = 1 - language;
    speakIt();
  });
  speakIt();
}
