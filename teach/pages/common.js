// What the pages of a race and of a report share: their data, two languages, and elements. A page has `strings`, and a
// function speak(), which writes all words anew. All words come as text, never as HTML.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
let language = navigator.language.startsWith("zh") ? 1 : 0;

function say(key, ...values) {
  return strings[key][language].replace(/\{(\d)\}/g, (_, k) => values[k]);
}

function element(parent, tag, text = "", classes = "") {
  const made = parent.appendChild(document.createElement(tag));
  made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

function start() {
  const button = document.getElementById("language");
  const speak_it = () => {
    document.documentElement.lang = language ? "zh" : "en";
    button.textContent = language ? "English" : "中文";
    speak();
  };
  button.addEventListener("click", () => {
    language = 1 - language;
    speak_it();
  });
  speak_it();
}
