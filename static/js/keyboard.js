// The integrity screen by keyboard, and a quiet line when something happened since it was read. Comfort on
// top of a page that works without it. No key does anything that cannot be undone: `a` only goes to the button.
(() => {
  "use strict";

  const dialog = document.getElementById("touches");
  const off = dialog.querySelector("[data-keys-off]");
  const announcement = document.getElementById("annonce");
  const STORED = "touches";
  off.checked = localStorage.getItem(STORED) === "non";
  off.addEventListener("change", () => localStorage.setItem(STORED, off.checked ? "non" : "oui"));
  document.querySelector("[data-keys]").addEventListener("click", () => dialog.showModal());

  // Where j and k stop: rows, and the groups that hold some.
  const STOPS = ".rows > .row, .group > summary";
  const rows = () => [...document.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());
  let last = 0; // where the reader was, should the focus have left the rows
  const here = () => document.activeElement.closest?.(STOPS);
  const place = () => {
    const row = here();
    if (row) last = rows().indexOf(row);
    return row;
  };
  document.addEventListener("focusin", place);

  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const from = here() ? last + step : last;
    all[Math.max(0, Math.min(all.length - 1, from))].focus();
  };
  const row = () => here() || rows()[last];
  const press = (selector, act) => {
    const target = row()?.querySelector(selector);
    if (target) act(target);
    else announcement.textContent = dialog.dataset.nothing;
  };

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    Enter: () => (document.activeElement === here() ? (here().querySelector("h2 a")?.click() ?? false) : false),
    a: () => press('[data-action="ack"]', (button) => button.focus({ focusVisible: true })),
    r: () => press('[data-action="resolve"]', (button) => button.click()),
    x: () => press(".pick input", (box) => box.click()),
    "/": () => document.getElementById("f-q").select(),
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.(".panel")) {
      event.target.closest(".panel").querySelector("[data-close]")?.click();
      return;
    }
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || off.checked || dialog.open) return;
    const act = keys[event.key];
    if (act && act() !== false) event.preventDefault();
  });

  // --- what happened since: asked by htmx while somebody looks, less often the longer nothing answers
  const since = () => document.getElementById("depuis"); // another one once a filter was chosen
  const SHORTEST = 20000;
  let pause = SHORTEST;
  const ask = () => {
    if (!document.hidden && since()) window.htmx.trigger(since(), "ask");
    setTimeout(ask, pause);
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id === "depuis") pause = event.detail.successful ? SHORTEST : Math.min(pause * 2, 16 * SHORTEST);
  });
  // A request that nobody asked for must not shout when it fails, nor wipe what an action said.
  for (const name of ["beforeRequest", "responseError", "sendError", "timeout", "afterSettle", "afterSwap"]) {
    addEventListener(`htmx:${name}`, (event) => event.target.id === "depuis" && event.stopPropagation(), true);
  }
  document.addEventListener("visibilitychange", () => !document.hidden && since() && window.htmx.trigger(since(), "ask"));
  setTimeout(ask, pause);
})();
