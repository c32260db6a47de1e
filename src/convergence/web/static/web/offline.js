/* The page « Hors ligne »: takes the day's appointments along, keeps notes while there is no network, sends them back. */
"use strict";

(() => {
  const page = document.querySelector("[data-offline]");
  const said = (name) => page.dataset[name];
  const place = (name) => page.querySelector(`[data-place="${name}"]`);
  let sending = false;
  let turn = 0;

  const copy = (name) => page.querySelector(`template[data-copy="${name}"]`).content.firstElementChild.cloneNode(true);
  const fill = (element, name, words) => { element.querySelector(`[data-fill="${name}"]`).textContent = words; };
  const hour = (moment) => new Intl.DateTimeFormat("fr-FR", { weekday: "long", hour: "2-digit", minute: "2-digit" }).format(moment);
  const state = (words) => { if (place("state").textContent !== words) place("state").textContent = words; };

  /* The server's word, or null without a network; {signedOut} when nobody is signed in any more. */
  async function server() {
    try {
      const answer = await fetch(said("day"), { cache: "no-store", redirect: "manual", headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : { signedOut: true };
    } catch {
      return null;
    }
  }

  async function take() {
    const day = await server();
    if (!day || day.signedOut) return refresh();
    await navigator.serviceWorker.register(said("worker"));
    await navigator.serviceWorker.ready;
    await Device.keep("day", "day", String(day.user), day);
    return refresh();
  }

  async function send(day) {
    if (sending) return;
    sending = true;
    try {
      for (const note of await Device.all("note")) {
        if (note.owner !== String(day.user)) continue;
        const { person, body, compartment, on, submission } = note.content;
        const answer = await fetch(said("notes").replace("/0/", `/${person}/`), {
          method: "POST", redirect: "manual",
          headers: { "X-CSRFToken": day.token },
          body: new URLSearchParams({ body, compartment, on, submission, kept: "1" }),
        });
        /* Led elsewhere: this very note had already arrived. */
        if (answer.ok || answer.type === "opaqueredirect") await Device.drop(note.id);
        else if (answer.status === 422) await refuse(note, (await answer.json()).sentence);
        else if (answer.status === 403 || answer.status === 404) await refuse(note, said("gone"));
        else break;
      }
    } catch {
      /* The network went again: what is left waits. */
    } finally {
      sending = false;
    }
  }

  const refuse = (note, sentence) => Device.rewrite(note, { ...note.content, refused: sentence });

  function appointment(meeting, owner) {
    const line = copy("appointment");
    fill(line, "at", `${meeting.at} – ${meeting.until}`);
    fill(line, "name", meeting.name);
    fill(line, "place", meeting.place);
    const form = line.querySelector("form");
    form.elements.body.id = `mots-${meeting.person}-${meeting.at}`;
    form.querySelector("label").htmlFor = form.elements.body.id;
    meeting.compartments.forEach(([code, label]) => form.elements.compartment.add(new Option(label, code)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = form.elements.body.value.trim();
      if (!body) return;
      const now = new Date();
      const on = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
      const submission = crypto.randomUUID();
      const content = { person: meeting.person, name: meeting.name, body, compartment: form.elements.compartment.value, on, submission };
      await Device.keep(`note-${submission}`, "note", owner, content);
      form.reset();
      line.querySelector("details").open = false;
      refresh();
    });
    return line;
  }

  function waiting(note) {
    const line = copy("note");
    fill(line, "name", note.content.name);
    fill(line, "body", note.content.body);
    fill(line, "state", note.content.refused || said("waits"));
    line.querySelector("button").addEventListener("click", async () => { await Device.drop(note.id); refresh(); });
    return line;
  }

  async function refresh() {
    turn += 1;
    const mine = turn;
    const now = await server();
    let [day] = await Device.all("day");
    if (now && !now.signedOut) {
      if (day && (day.content.session !== now.session || day.content.user !== now.user)) {
        await Device.drop("day");
        day = undefined;
      }
      await send(now);
    }
    const owner = now && !now.signedOut ? String(now.user) : day && day.owner;
    const notes = (await Device.all("note")).filter((note) => !owner || note.owner === owner);
    /* A later turn has begun: drawn after it, this one would show again what was erased meanwhile. */
    if (mine !== turn) return;
    state(now === null ? said("off") : now.signedOut ? said("out") : said("on"));
    place("sign-in").hidden = !(now && now.signedOut);
    place("take").hidden = !(now && !now.signedOut);
    place("erase").hidden = !Device.marked();
    place("kept").textContent = day ? said("until").replace("{}", hour(new Date(day.ends))) : said("nothing");
    const drawn = place("day");
    /* A form that is being filled in stays as it is. */
    if (drawn.dataset.ends !== String(day && day.ends)) {
      drawn.dataset.ends = String(day && day.ends);
      drawn.replaceChildren(...(day ? day.content.appointments.map((meeting) => appointment(meeting, day.owner)) : []));
      document.dispatchEvent(new Event("convergence:notes"));
    }
    place("none").hidden = !day || day.content.appointments.length > 0;
    place("notes").replaceChildren(...notes.map(waiting));
    place("waiting").hidden = !notes.length;
  }

  if (!window.indexedDB || !navigator.serviceWorker || !window.crypto || !crypto.subtle) {
    state(said("cannot"));
    return;
  }
  place("take").addEventListener("click", take);
  place("erase").addEventListener("click", async () => { await Device.erase(); refresh(); });
  window.addEventListener("online", refresh);
  window.addEventListener("offline", refresh);
  setInterval(refresh, 60 * 1000);
  refresh();
})();
