/* What one opened on an evaluation's page stays open when a slider draws it anew. */
"use strict";

const opened = new Set();

/* A toggle does not bubble: it is heard on its way down. */
document.addEventListener("toggle", (event) => {
  const { id, open } = event.target;
  if (id && open) opened.add(id);
  else opened.delete(id);
}, true);

document.addEventListener("htmx:load", (event) => {
  [event.target, ...event.target.querySelectorAll("details[id]")].forEach((drawn) => {
    if (opened.has(drawn.id)) drawn.open = true;
  });
});
