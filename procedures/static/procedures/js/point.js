// A click on the map fills in latitude and longitude, and the mark follows what is typed.
for (const map of document.querySelectorAll(".point-map")) {
  const drawing = map.querySelector("svg");
  const mark = map.querySelector("circle");
  const fields = ["latitude", "longitude"].map((name) => document.querySelector(`[name=${name}]`));
  const { west, north, units, narrow, left, top } = Object.fromEntries(
    Object.entries(map.dataset).map(([name, value]) => [name, Number(value)]),
  );

  // German editors type 52,4.
  const number = (field) => (field.value.trim() === "" ? NaN : Number(field.value.replace(",", ".")));

  const show = () => {
    const [latitude, longitude] = fields.map(number);
    const known = Number.isFinite(latitude) && Number.isFinite(longitude);
    mark.toggleAttribute("hidden", !known);
    if (!known) return;
    mark.setAttribute("cx", left + (longitude - west) * narrow * units);
    mark.setAttribute("cy", top + (north - latitude) * units);
  };

  const fill = (...values) => {
    fields.forEach((field, place) => {
      field.value = values[place];
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    });
    show();
  };

  drawing.addEventListener("click", (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    // Five decimals are about a metre.
    fill((north - (y - top) / units).toFixed(5), (west + (x - left) / (narrow * units)).toFixed(5));
  });
  map.querySelector("button").addEventListener("click", () => fill("", ""));
  fields.forEach((field) => field.addEventListener("input", show));
  show();
}
