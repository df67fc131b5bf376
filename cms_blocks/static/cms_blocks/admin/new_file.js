// The question about a new file is asked once there is one. Without this script it stands there all the time.
document.addEventListener("DOMContentLoaded", () => {
  for (const answer of document.querySelectorAll("[data-new-file-question]")) {
    const form = answer.closest("form");
    const file = form && form.querySelector('input[type="file"][name="file"]');
    const field = answer.closest(".w-field__wrapper");
    if (!file || !field || field.dataset.asksOfFile) continue;
    field.dataset.asksOfFile = "";
    const ask = () => {
      field.hidden = file.files.length === 0 && !field.querySelector(".w-field--error");
    };
    file.addEventListener("change", ask);
    ask();
  }
});
