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

// The same points and areas as on the drawing, with the same signs; a marker leads where its point leads.
function show(place) {
  const figure = place.closest("figure");
  const box = document.createElement("div");
  box.className = "city-map__streets";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", place.dataset.label);
  box.dir = "ltr";
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
  const shapes = [...figure.querySelectorAll("[data-shape]")].map((area) => JSON.parse(area.dataset.shape));
  const areas = L.geoJSON(shapes, { className: "city-map__ground", interactive: false }).addTo(map);
  map.fitBounds(L.latLngBounds(places).extend(areas.getBounds()), { maxZoom: 16, padding: [24, 24] });
  points.forEach((point, number) => {
    const icon = L.divIcon({ html: mark(point), className: "", iconSize: [28, 28] });
    L.marker(places[number], { icon, interactive: false, keyboard: false }).addTo(map);
  });
  box.focus();
}

// A link as on the drawing, or the sign alone.
function mark(point) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "-14 -14 28 28");
  drawing.setAttribute("class", point.getAttribute("class"));
  drawing.append(point.querySelector(".city-map__mark").cloneNode(true));
  const label = point.getAttribute("aria-label");
  const address = point.getAttribute("href");
  const around = document.createElement(address ? "a" : "span");
  if (address) around.href = address;
  else around.setAttribute("role", "img");
  around.setAttribute("aria-label", label);
  around.title = label;
  around.append(drawing);
  return around;
}
