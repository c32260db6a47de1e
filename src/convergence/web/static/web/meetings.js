/* A long list of people: typing hides the names that do not match; what is ticked stays ticked. */
"use strict";

(() => {
  const plain = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-filtered]").forEach((list) => {
      const box = list.querySelector("[data-filter]");
      const field = box.querySelector("input");
      const counted = box.querySelector("[data-counted]");
      const lines = [...list.querySelectorAll("li")];
      box.hidden = false;
      const count = () => {
        counted.textContent = `${counted.dataset.words} ${list.querySelectorAll("input[name=came]:checked").length}`;
      };
      field.addEventListener("input", () => {
        const wanted = plain(field.value).split(/\s+/).filter(Boolean);
        lines.forEach((line) => {
          const name = plain((line.querySelector(".gathered-name") || line).textContent);
          line.hidden = !wanted.every((word) => name.includes(word));
        });
      });
      field.addEventListener("keydown", (event) => {
        if (event.key === "Enter") event.preventDefault();
      });
      list.addEventListener("change", (event) => {
        const ticked = event.target;
        if (ticked.matches("input[type=checkbox]") && ticked.checked) {
          ticked.closest("li").querySelectorAll("input[type=checkbox]").forEach((other) => {
            if (other !== ticked) other.checked = false;
          });
        }
        count();
      });
      count();
    });
  });
})();
