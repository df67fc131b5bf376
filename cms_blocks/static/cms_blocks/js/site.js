// Small comfort only: open lists (menu, languages) close with Escape or a press beside them. All works without.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const list of document.querySelectorAll("details[data-closes][open]")) {
    list.open = false;
    list.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const list of document.querySelectorAll("details[data-closes][open]")) {
    if (!list.contains(event.target)) list.open = false;
  }
});
