/* What is kept on this device for a day without a network: records sealed with AES-GCM under a key that scripts can use
   and never read, each erased 24 hours after it was written, all of them at sign-out (docs/decisions/0014). */
"use strict";

const Device = (() => {
  const NAME = "convergence-hors-ligne";
  const DAY = 24 * 3600 * 1000;

  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  async function within(mode, work) {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("keys");
      opening.result.createObjectStore("records", { keyPath: "id" });
    };
    const base = await asked(opening);
    try {
      const transaction = base.transaction(["keys", "records"], mode);
      return await work(transaction.objectStore("records"), transaction.objectStore("keys"));
    } finally {
      base.close();
    }
  }

  /* A mark without content tells every page that there is something to erase one day. */
  const marked = () => localStorage.getItem(NAME) !== null;

  async function key() {
    const kept = await within("readonly", (_records, keys) => asked(keys.get("key")));
    if (kept) return kept;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await within("readwrite", (_records, keys) => asked(keys.put(made, "key")));
    return made;
  }

  /* The owner, the kind and the end are sealed with the content: none of them can be changed beside it. */
  const bound = (record) => new TextEncoder().encode([record.id, record.kind, record.owner, record.ends].join("|"));

  async function keep(id, kind, owner, content) {
    localStorage.setItem(NAME, "1");
    const record = { id, kind, owner, ends: Date.now() + DAY, iv: crypto.getRandomValues(new Uint8Array(12)) };
    const words = new TextEncoder().encode(JSON.stringify(content));
    record.sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: record.iv, additionalData: bound(record) }, await key(), words);
    await within("readwrite", (records) => asked(records.put(record)));
    return record.ends;
  }

  async function rewrite(record, content) {
    const words = new TextEncoder().encode(JSON.stringify(content));
    const changed = { id: record.id, kind: record.kind, owner: record.owner, ends: record.ends, iv: crypto.getRandomValues(new Uint8Array(12)) };
    changed.sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: changed.iv, additionalData: bound(changed) }, await key(), words);
    await within("readwrite", (records) => asked(records.put(changed)));
  }

  async function all(kind) {
    if (!marked()) return [];
    await sweep();
    if (!marked()) return [];
    const opener = await key();
    const found = [];
    for (const record of await within("readonly", (records) => asked(records.getAll()))) {
      if (record.kind !== kind) continue;
      const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv, additionalData: bound(record) }, opener, record.sealed);
      found.push({ ...record, content: JSON.parse(new TextDecoder().decode(words)) });
    }
    return found.sort((one, other) => one.ends - other.ends);
  }

  const drop = (id) => within("readwrite", (records) => asked(records.delete(id)));

  /* What is older than a day goes; when nothing is left, the key goes too. */
  async function sweep() {
    if (!marked()) return;
    const left = await within("readwrite", async (records) => {
      const found = await asked(records.getAll());
      const over = found.filter((record) => record.ends <= Date.now());
      for (const record of over) await asked(records.delete(record.id));
      return found.length - over.length;
    });
    if (!left) await erase();
  }

  async function erase() {
    localStorage.removeItem(NAME);
    await asked(indexedDB.deleteDatabase(NAME));
    if (window.caches) await caches.delete(NAME);
    if (navigator.serviceWorker) {
      for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
    }
  }

  return { all, drop, erase, keep, marked, rewrite, sweep };
})();

/* On every page: what is over is erased; signing out erases all, once notes that wait were sent. */
document.addEventListener("DOMContentLoaded", () => { Device.sweep(); });
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-leaves]") || !Device.marked()) return;
  event.preventDefault();
  const waiting = await Device.all("note");
  if (waiting.length && !location.pathname.startsWith(form.dataset.leaves)) {
    location.assign(`${form.dataset.leaves}?notes=1`);
    return;
  }
  await Device.erase();
  form.submit();
}, true);
