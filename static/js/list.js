// The integrity screen's list: filters that apply as they are chosen, ranges of ticked rows and how many they
// are. Comfort on top of a page that works without it: forms send what is ticked, and links filter.
(() => {
  "use strict";

  const announcement = document.getElementById("annonce");
  const boxes = () => [...document.querySelectorAll(".rows > .row .pick input")];

  // --- an address without what was not chosen
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches?.("[data-filters]")) return;
    const asked = event.detail.formData;
    for (const name of [...new Set(asked.keys())]) {
      if (asked.getAll(name).every((value) => value === "")) asked.delete(name);
    }
  });

  // --- ticked rows: how many; every page of them only while the whole page is ticked
  function count() {
    const said = document.querySelector("[data-ticked]");
    if (!said) return;
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    said.textContent = ticked === 1 ? said.dataset.one : ticked ? said.dataset.many.replace("%s", ticked) : "";
    const every = document.querySelector("[name=every]");
    if (every && !ticked) every.checked = false;
  }
  const tick = (chosen, on) => {
    chosen.forEach((box) => { box.checked = on; });
    count();
  };

  // --- a range: from the last one that was ticked by itself to the one pressed with Shift
  let anchor = null;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-tick-all]")) {
      const all = boxes();
      tick(all, !all.every((box) => box.checked));
    } else if (event.target.closest("[data-untick]")) {
      tick(boxes(), false);
      document.querySelector(".rows > .row")?.focus({ preventScroll: true });
    } else if (event.target.matches?.(".pick input")) {
      const all = boxes();
      const here = all.indexOf(event.target);
      const from = all.indexOf(anchor);
      if (event.shiftKey && from >= 0) {
        tick(all.slice(Math.min(from, here), Math.max(from, here) + 1), event.target.checked);
      }
      anchor = event.target;
      count();
    }
  });
  // Shift on a label selects its text as well, which nobody wants of a list.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest?.(".pick")) event.preventDefault();
  });

  // --- Shift and an arrow: the row that one comes to, and the one that one comes from
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest?.(".rows > .row");
    if (!step || !event.shiftKey || !row || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    event.preventDefault();
    const to = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    const from = row.querySelector(".pick input");
    if (!to) return;
    const there = to.querySelector(".pick input");
    const shrinks = from?.checked && there?.checked;
    if (shrinks) tick([from], false);
    else tick([from, there].filter(Boolean), true);
    to.focus();
  });

  // A row acted upon comes back unticked, and a filter brings other rows.
  document.addEventListener("htmx:afterSettle", (event) => {
    count();
    if (event.detail.target?.id === "liste") announcement.textContent = event.detail.elt.dataset.announce || "";
  });
  addEventListener("pageshow", count);
  count();
})();
