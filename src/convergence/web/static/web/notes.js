/* A note's form, as one types: who will read it, and a word on what more people would read. Nothing of it is kept or
   sent; the server asks the same once, also without scripts. */
"use strict";

(() => {
  const ORDER = ["work", "social", "health", "justice"];
  const plain = (text) => text.toLowerCase().replace(/’/g, "'").normalize("NFD").replace(/\p{M}/gu, "");

  const patterns = (words) => Object.entries(words).map(([compartment, starts]) => [
    compartment,
    new RegExp(`(?<![\\p{L}\\p{N}_])(?:${starts.map((start) => start.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "u"),
  ]);

  function prepare(body) {
    const form = body.form;
    const choice = form.elements.compartment;
    const reminder = form.querySelector("[data-reminder]");
    const known = patterns(JSON.parse(body.dataset.remindedWords));
    const look = () => {
      form.querySelectorAll("[data-readers]").forEach((line) => { line.hidden = line.dataset.readers !== choice.value; });
      const written = plain(body.value);
      const found = known.find(([compartment, pattern]) =>
        ORDER.indexOf(compartment) > ORDER.indexOf(choice.value) && pattern.test(written));
      reminder.hidden = !found;
      reminder.textContent = found ? reminder.dataset[found[0]] : "";
    };
    body.addEventListener("input", look);
    choice.addEventListener("change", look);
    look();
  }

  const start = () => document.querySelectorAll("textarea[data-reminded-words]").forEach((body) => {
    if (body.dataset.prepared) return;
    body.dataset.prepared = "1";
    prepare(body);
  });
  document.addEventListener("convergence:notes", start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
