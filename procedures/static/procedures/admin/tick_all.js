// Ticks all boxes of a form, or none. Without this script the two buttons are not shown.
document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll("[data-tick-all]")) {
    const boxes = place.closest("form").querySelectorAll(`input[type="checkbox"][name="${place.dataset.tickAll}"]`);
    for (const button of place.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        for (const box of boxes) box.checked = button.value === "all";
      });
    }
    place.hidden = false;
  }
});
