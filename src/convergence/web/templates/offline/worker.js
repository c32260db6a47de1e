{% load static %}/* Keeps one page, its style sheets and its scripts, so that it opens without a network. It answers for nothing else:
   pages about people, and what they bring, always come from the server. */
"use strict";

const PAGE = "{% url "offline" %}";
const KEPT = [
  PAGE,
  "{% static "css/bootstrap.min.css" %}",
  "{% static "web/theme.css" %}",
  "{% static "web/frame.css" %}",
  "{% static "web/forms.css" %}",
  "{% static "web/components.css" %}",
  "{% static "web/lifeline.css" %}",
  "{% static "web/icon.svg" %}",
  "{% static "web/page.js" %}",
  "{% static "web/device.js" %}",
  "{% static "web/notes.js" %}",
  "{% static "web/offline.js" %}",
];
const CACHE = "convergence-hors-ligne";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const asked = new URL(event.request.url);
  if (event.request.method !== "GET" || asked.origin !== self.location.origin || !KEPT.includes(asked.pathname)) return;
  event.respondWith(
    fetch(event.request).catch(() => caches.open(CACHE).then((cache) => cache.match(asked.pathname)).then((kept) => kept || Response.error())),
  );
});
