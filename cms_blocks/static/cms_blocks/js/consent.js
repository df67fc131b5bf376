// Films and dialogues of other services: nothing is requested there before the visitor presses the button.
for (const place of document.querySelectorAll("[data-embed]")) {
  const button = place.querySelector("[data-embed-button]");
  button.hidden = false;
  place.querySelector("[data-embed-words]").hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.title = place.dataset.embedTitle;
    frame.allow = "fullscreen; picture-in-picture; encrypted-media";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.setAttribute(
      "sandbox",
      "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation",
    );
    frame.tabIndex = 0;
    frame.src = place.dataset.embed;
    const box = document.createElement("div");
    box.className = "embed";
    box.append(frame);
    place.replaceWith(box);
    frame.focus();
  });
}
