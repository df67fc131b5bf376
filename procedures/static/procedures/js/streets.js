// A map with streets from a tile server: nothing is asked for there before the visitor presses the button.
for (const place of document.querySelectorAll("[data-streets]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    await Promise.all([style(place.dataset.style), script(place.dataset.script)]);
    show(place);
  });
}

function style(address) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return added(link);
}

function script(address) {
  return window.L ?? added(Object.assign(document.createElement("script"), { src: address }));
}

function added(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

// The same points as on the drawing, with the same signs; a marker leads where its point leads.
function show(place) {
  const figure = place.closest("figure");
  const box = document.createElement("div");
  box.className = "city-map__streets";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", place.dataset.label);
  box.tabIndex = -1;
  place.replaceWith(box);
  const map = L.map(box);
  map.attributionControl.setPrefix(false);
  L.tileLayer(place.dataset.streets, {
    attribution: place.dataset.attribution,
    maxZoom: 19,
    referrerPolicy: "strict-origin",
  }).addTo(map);
  const points = [...figure.querySelectorAll("[data-at]")];
  const places = points.map((point) => point.dataset.at.split(" ").map(Number));
  map.fitBounds(L.latLngBounds(places), { maxZoom: 16, padding: [24, 24] });
  points.forEach((point, number) => {
    const label = point.getAttribute("aria-label");
    const marker = L.marker(places[number], { icon: L.divIcon({ html: sign(point), className: "", iconSize: [28, 28] }), title: label, alt: label });
    const address = point.getAttribute("href");
    if (address) marker.on("click", () => location.assign(address));
    marker.addTo(map);
    marker.getElement().setAttribute("aria-label", label);
  });
  box.focus();
}

function sign(point) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "-14 -14 28 28");
  drawing.setAttribute("class", point.getAttribute("class"));
  drawing.append(point.querySelector(".city-map__mark").cloneNode(true));
  return drawing;
}
