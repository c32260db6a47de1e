/* What a page gains with scripts; every page works without. */
"use strict";

const all = (root, selector) => (root.querySelectorAll ? root.querySelectorAll(selector) : []);

/* "/" goes to the search field, unless one is typing. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape") {
    all(document, "details[data-sheet][open]").forEach((sheet) => {
      sheet.open = false;
      sheet.querySelector("summary").focus();
    });
  }
});

document.addEventListener("click", (event) => {
  all(document, "details[data-sheet][open]").forEach((sheet) => {
    if (!sheet.contains(event.target)) sheet.open = false;
  });
});

/* A form is sent once: the server refuses the second anyway, this spares the wait. It opens again after
   a few seconds, for an answer that leaves the page where it is (a file to keep). */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  setTimeout(reopen, 5000, form);
});
function reopen(form) {
  delete form.dataset.sent;
  all(form, "[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}
window.addEventListener("pageshow", () => all(document, "form[data-sent]").forEach(reopen));

/* Files dropped on a drop zone go to its field. */
function prepareDrops(root) {
  all(root, "[data-drop]").forEach((zone) => {
    const input = zone.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach((kind) => zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    }));
    ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    });
  });
}

/* Files heavier than the server takes are told before they travel: nothing typed is lost on the way. */
function prepareWeights(root) {
  all(root, "[data-too-heavy]").forEach((said) => {
    const inputs = [...said.closest("form").querySelectorAll("input[data-most]")];
    inputs.forEach((input) => input.addEventListener("change", () => {
      const weight = inputs.flatMap((one) => [...one.files]).reduce((sum, file) => sum + file.size, 0);
      said.hidden = weight <= Number(input.dataset.most);
      if (!said.hidden) input.value = "";
    }));
  });
}

/* Drafts: what is typed in a form with data-draft="key" survives a lost session. Kept in this tab
   only (a shared computer keeps nothing once the tab is closed), under the reader's own name, and
   dropped when a message of the server says that it was saved (data-draft-saved="key"). */
const draftName = (key) => `draft:${document.body.dataset.reader || ""}:${key}`;

/* A field still as the server sent it: what was typed before the session was lost may take its place. */
function untouched(field) {
  if (!field.matches("select")) return !field.value || field.value === field.defaultValue;
  const sent = [...field.options].find((option) => option.defaultSelected) || field.options[0];
  return !sent || field.value === sent.value;
}

function prepareDrafts(root) {
  all(root, "[data-draft-saved]").forEach((said) => sessionStorage.removeItem(draftName(said.dataset.draftSaved)));
  all(root, "form[data-draft]").forEach((form) => {
    const name = draftName(form.dataset.draft);
    const fields = () => [...form.elements].filter((field) => field.matches("textarea, input[type=text], input[type=date], select"));
    const kept = JSON.parse(sessionStorage.getItem(name) || "{}");
    fields().forEach((field) => {
      if (kept[field.name] && untouched(field)) field.value = kept[field.name];
    });
    form.addEventListener("input", () => {
      const typed = {};
      fields().forEach((field) => { if (field.value) typed[field.name] = field.value; });
      sessionStorage.setItem(name, JSON.stringify(typed));
    });
  });
}

function prepare(root) {
  prepareDrops(root);
  prepareWeights(root);
  prepareDrafts(root);
  const summary = root.querySelector && root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

document.addEventListener("DOMContentLoaded", () => prepare(document));
document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) prepare(event.target); });
