/* The editor's hints: fetched anew after each save, and a way from each to its place. */
(() => {
  const PAUSE_MS = 1000;
  let waiting;

  const box = () => document.querySelector("[data-hints]");
  const form = () => document.querySelector("form[data-edit-form]");
  const pageId = () => new URL(form().action, location.href).pathname.match(/\/pages\/(\d+)\/(?:edit|revisions)\//)?.[1];

  function showNumber(number) {
    document.querySelector("[data-hints-count]").textContent = number;
    const toggle = document.querySelector('[data-side-panel-toggle="checks"]');
    if (!toggle) return;
    let badge = toggle.querySelector(".hints-badge");
    if (!badge) {
      badge = Object.assign(document.createElement("span"), { className: "hints-badge" });
      toggle.append(badge);
    }
    badge.hidden = !number;
    badge.textContent = number;
    badge.title = document.querySelector("[data-hints-badge]").content.textContent;
  }

  async function fetchHints() {
    const place = box();
    const page = place && form() && pageId();
    if (!page) return;
    let html;
    try {
      const answer = await fetch(place.dataset.hints.replace(/0\/$/, `${page}/`), {
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (answer.ok) html = await answer.text();
    } catch {
      html = undefined;
    }
    if (html === undefined) {
      place.replaceChildren(document.querySelector("[data-hints-failed]").content.cloneNode(true));
      return;
    }
    const open = [...place.querySelectorAll("details")].some((details) => details.open);
    place.innerHTML = html;
    if (open) place.querySelectorAll("details").forEach((details) => { details.open = true; });
    showNumber(Number(place.firstElementChild.dataset.number));
  }

  /** The element that the path of a hint leads to; the last part that is there. */
  function find(path) {
    let found = form();
    for (const part of path.split(".")) {
      const next = found.querySelector(`[data-contentpath="${CSS.escape(part)}"], [data-contentpath-id="${CSS.escape(part)}"]`);
      if (!next) break;
      found = next;
    }
    return found === form() ? null : found;
  }

  function jump(path) {
    const target = find(path);
    if (!target) return;
    const tab = target.closest('[role="tabpanel"]');
    if (tab?.hidden) document.getElementById(tab.getAttribute("aria-labelledby"))?.click();
    for (let at = target; at && at !== form(); at = at.parentElement) {
      if (at.matches("[data-panel]")) at.querySelector('[data-panel-toggle][aria-expanded="false"]')?.click();
    }
    if (matchMedia("(max-width: 799px)").matches) document.querySelector("[data-form-side-close-button]")?.click();
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: "center", behavior: quiet ? "auto" : "smooth" });
    const first = target.querySelector("[contenteditable=true], textarea:not([hidden]), input:not([type=hidden]), select, button");
    first?.focus({ preventScroll: true });
    target.classList.add("hints-found");
    setTimeout(() => target.classList.remove("hints-found"), 2500);
  }

  document.addEventListener("w-autosave:success", () => {
    clearTimeout(waiting);
    waiting = setTimeout(fetchHints, PAUSE_MS);
  });
  document.addEventListener("click", (event) => {
    const hint = event.target.closest("[data-place]");
    if (hint && box()?.contains(hint)) jump(hint.dataset.place);
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", fetchHints);
  else fetchHints();
})();
