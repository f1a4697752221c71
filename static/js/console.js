// Comfort on top of pages that work without it: theme, menus, copying, ticking ages, and after an
// htmx action the focus and a plain word about failures. It builds no page and decides nothing.
(() => {
  "use strict";

  const root = document.documentElement;
  const words = document.getElementById("mots").dataset;
  const announcement = document.getElementById("annonce");
  root.classList.add("has-js");

  // --- theme: a cookie, so that the server paints the right one from the first byte
  const themeButtons = document.querySelectorAll("[data-theme-choice]");
  const showTheme = () => themeButtons.forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme || "")));
  });
  themeButtons.forEach((button) => button.addEventListener("click", () => {
    const choice = button.dataset.themeChoice;
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
    document.cookie = `theme=${choice}; path=/; SameSite=Lax; max-age=${choice ? 31536000 : 0}`;
    showTheme();
  }));
  showTheme();

  // --- what the page opened on: the current place in the bar, the first field to mend
  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  (document.querySelector("main [aria-invalid=true]") || document.querySelector("main [data-mistakes]"))?.focus();

  // --- menus close on Escape and on a click elsewhere
  const closeMenus = (except) => document.querySelectorAll(":is([data-menu], [data-drop])[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(":is([data-menu], [data-drop])[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("[data-menu], [data-drop]"));

    const copy = event.target.closest("[data-copy]");
    if (copy) copyText(copy);

    if (event.target.closest("[data-print]")) print();

    const cancel = event.target.closest("[data-close]");
    if (cancel) closePanel(cancel.closest(".panel"));
  });

  // --- copy buttons; execCommand serves plain http on a local network
  async function copyText(button) {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = announcement.textContent = words.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  }

  // --- ages tick, in the same words as the server's; what is late turns red
  const units = words.units.split("|").map((one) => one.split(" ")).map(([size, word]) => [Number(size), word]);
  const MONTH = units[1][0];
  function length(seconds) {
    const [size, word] = units.find(([from]) => seconds >= (from >= MONTH ? 2 * from : from)) || units.at(-1);
    const amount = size >= MONTH ? Math.round(seconds / size) : Math.floor(seconds / size);
    return `${amount.toLocaleString(root.lang)}\u00a0${word}`;
  }
  function tick() {
    const now = Date.now();
    document.querySelectorAll("time[data-age]").forEach((time) => {
      const style = time.dataset.age;
      const ahead = Math.trunc((Date.parse(time.dateTime) - now) / 1000);
      const was = style === "ago" || style === "bare"; // what has been is never ahead
      const said = length(was ? Math.max(-ahead, 0) : Math.abs(ahead));
      const form = style === "ago" && ahead > 60 ? words.future
        : style === "bare" ? "%s"
        : style === "ago" ? words.ago
        : ahead > 0 ? words.next : style === "due" ? words.late : words.ago;
      const text = form.replace("%s", said);
      if (time.textContent === text) return;
      time.textContent = text;
      if (style === "due") time.classList.toggle("late", ahead <= 0);
    });
  }
  setInterval(tick, 1000);

  // --- the resolve form opened inside a row
  function closePanel(panel) {
    panel.replaceChildren();
    panel.closest(".row").querySelector('[data-action="resolve"]').focus();
  }

  // --- busy: said to those who do not see the pale button
  const busy = (event, on) => {
    const place = event.detail.elt.closest(".row") || event.detail.elt;
    if (on) place.setAttribute("aria-busy", "true");
    else place.removeAttribute("aria-busy");
  };
  document.addEventListener("htmx:beforeRequest", (event) => busy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => busy(event, false));

  // A plain form is sent once: a second click would say the same thing twice.
  const isPlain = (form) => form.method === "post" && !form.target && !("download" in form.dataset);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !isPlain(event.target)) return;
    if (event.target.hasAttribute("aria-busy")) event.preventDefault();
    else event.target.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((form) => {
    form.removeAttribute("aria-busy");  // the page came back from the browser's memory
  }));

  // --- no network: a quiet line that goes when it is back
  const network = document.getElementById("reseau");
  const tellNetwork = () => { network.textContent = navigator.onLine ? "" : words.away; };
  addEventListener("offline", tellNetwork);
  addEventListener("online", tellNetwork);
  tellNetwork();

  // What the last action left to read is about the last action only.
  document.addEventListener("htmx:beforeRequest", () => {
    document.getElementById("messages").replaceChildren();
    announcement.textContent = "";
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, requestConfig } = event.detail;
    const opensForm = target.matches(".panel");
    // A lost session answers with the sign-in page, which is no row.
    const sentElsewhere = new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location).pathname;
    if (sentElsewhere || (opensForm && xhr.status === 200 && !xhr.response.includes('id="resoudre"'))) {
      event.detail.shouldSwap = false;
      // No form in the page of the alert: let the page itself say why.
      if (opensForm) location.assign(requestConfig.path);
      else showFailure(words.forbidden);
    } else if (opensForm) {
      // One open form at a time: its field ids must stay unique on the page.
      document.querySelectorAll(".panel").forEach((panel) => panel !== target && panel.replaceChildren());
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const panel = event.detail.target;
    if (!panel.matches(".panel")) return;
    // The form came just now, but the decision is about the row as it was read: an older version gets a 409.
    panel.querySelector("[name=version]").value = panel.closest(".row").dataset.version;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.elt;
    const field = place.querySelector("[aria-invalid=true]") || place.querySelector(".panel :is(textarea, select), :scope > section :is(textarea, select)");
    if (field) field.focus();
    else if (place.matches(".row")) place.focus();
    if (place.dataset.announce) announcement.textContent = place.dataset.announce;
  });

  // --- failure never looks like success
  function showFailure(text, title) {
    const notice = document.getElementById("echec").content.cloneNode(true);
    notice.querySelector("[data-text]").textContent = text;
    if (title) notice.querySelector("strong").textContent = title;
    const messages = document.getElementById("messages");
    messages.replaceChildren(notice);
    messages.scrollIntoView({ block: "center" });
  }
  document.addEventListener("allauth.error", (event) => { // the library's word for a key that gave nothing
    event.preventDefault();
    showFailure(words.key);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 409 || status === 422) return; // shown in the row itself
    if (status === 401 || status === 403) showFailure(words.forbidden);
    else if (status >= 500) tellUnknown(event, words.failed.replace("%s", status));
    else showFailure(words.failed.replace("%s", status));
  });
  document.addEventListener("htmx:sendError", (event) => tellUnknown(event, words.offline));
  document.addEventListener("htmx:timeout", (event) => tellUnknown(event, words.offline));

  // A lost answer says nothing about what was done: show the alert as it is now instead.
  async function tellUnknown(event, text) {
    const { elt, requestConfig } = event.detail;
    if (requestConfig.verb !== "post") {
      // our own question below is answered for where it is asked
      if (!requestConfig.path.endsWith("?row")) showFailure(`${text} ${words.later}`);
      return;
    }
    const row = elt.closest(".row");
    let outcome = words.later;
    try {
      await htmx.ajax("GET", `${row.querySelector("h2 a").getAttribute("href")}?row`, { source: row, target: row, swap: "outerHTML" });
      if (!row.isConnected) outcome = words.now;
    } catch {
      // still away
    }
    showFailure(`${text} ${outcome}`, words.unknown);
  }
})();
