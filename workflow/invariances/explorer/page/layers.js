// Layers down, magnitude across: how invariant or equivariant each is, beside the same network of random weights.
const WEIGHTS = { trained: "trained", random: "random weights" };

const layersOf = (model, transform) => DATA.layers[MODELS.indexOf(model)][transform];

// Rows of numbers [L][M].
function rowsOf(text, count, low, high) {
  const numbers = unpacked(text, low, high);
  return Array.from({ length: numbers.length / count }, (_, i) => numbers.slice(i * count, (i + 1) * count));
}

// Which magnitudes are written: the ends, and the identity where it is not beside one.
function written(transform, magnitudes) {
  const last = magnitudes.length - 1,
    identity = nearest(magnitudes, transform.identity);
  const apart = Math.min(identity, last - identity) >= 0.15 * last;
  return apart ? [0, identity, last] : [0, last];
}

function layerCell(value, said) {
  const cell = make("td", { tabindex: -1, title: said }, make("span", { class: "unseen" }, said));
  if (value === null) cell.className = "none";
  else cell.style.background = shade(value).ground;
  return cell;
}

// Arrow keys go from field to field; the whole map is one stop of the tab key.
function moveInLayers(event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const from = event.target.closest("td");
  if (!step || !from) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll("tbody tr")],
    row = rows[rows.indexOf(from.parentElement) + step[0]];
  const to = row?.cells[from.cellIndex + step[1]];
  if (!to || to.tagName !== "TD") return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function layerTable(entry, kind, measure, transform) {
  const own = entry.weights[kind],
    count = entry.magnitudes.length;
  const { low, high, numbers } = own[measure];
  const values = rowsOf(numbers, count, low, high),
    spread = rowsOf(own.spread, count),
    accuracy = unpacked(own.accuracy);
  const at = entry.magnitudes.map((magnitude) => magnitudeText(transform, magnitude));
  const ticks = written(transform, entry.magnitudes);
  const head = entry.magnitudes.map((magnitude, i) =>
    make("th", { scope: "col" }, make("span", { class: ticks.includes(i) ? "tick" : "unseen" }, short(transform, magnitude))),
  );
  const body = entry.names.map((name, layer) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", title: `${name}, ${entry.shapes[layer]}` }, name),
      ...values[layer].map((value, i) =>
        layerCell(
          value,
          `${name} at ${at[i]}: ${measure} ${value === null ? "none" : minus(three(value))}, spread ${three(spread[layer][i])}, accuracy ${three(accuracy[i])}`,
        ),
      ),
    ),
  );
  const known = make(
    "tr",
    { class: "accuracies" },
    make("th", { scope: "row" }, "accuracy"),
    ...accuracy.map((value, i) => layerCell(value, `accuracy at ${at[i]}: ${three(value)}`)),
  );
  const table = make(
    "table",
    { class: "layers" },
    make("caption", {}, capital(WEIGHTS[kind]), make("small", {}, ` ${own.images} pictures`)),
    make("thead", {}, make("tr", {}, make("td"), ...head)),
    make("tbody", {}, known, ...body),
  );
  const reading = make("p", { class: "reading", "aria-hidden": "true" }, "Point at a field for its numbers.");
  for (const kind of ["focusin", "pointerover", "click"])
    table.addEventListener(kind, (event) => {
      const field = event.target.closest("td[title]");
      if (field) reading.textContent = field.title;
    });
  table.addEventListener("keydown", moveInLayers);
  table.querySelector("tbody td").tabIndex = 0;
  return make("div", {}, table, reading);
}

function layerPanel(model) {
  const transform = TRANSFORMS[place.transform],
    entry = layersOf(model, place.transform),
    measure = MEASURES[place.measure];
  const kinds = Object.keys(WEIGHTS).filter((kind) => entry.weights[kind]?.[measure]);
  const tables = kinds.map((kind) => layerTable(entry, kind, measure, transform));
  return make(
    "article",
    { "data-network": model },
    make("h3", {}, model),
    kinds.length
      ? make("div", { class: "weights" }, ...tables)
      : make("p", {}, `No layer has an ${measure} under ${transform.label.toLowerCase()}: the transform moves nothing, or no layer has a map.`),
  );
}

function renderLayers(section) {
  const key = `${place.network}|${place.beside}|${place.transform}|${place.measure}`;
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  const models = place.beside ? [place.network, place.beside] : [place.network];
  const bar = make("span", { class: "scale", "aria-hidden": "true" });
  bar.style.background = `linear-gradient(to right, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => shade(share).ground).join(", ")})`;
  const words = {
    invariance: "How near a layer\u2019s output for the transformed picture is to that for the picture itself: 1 the same, 0 as different as another picture\u2019s.",
    equivariance: "How near a layer\u2019s map for the transformed picture is to the picture\u2019s own map, moved alike: 1 the same, 0 as different as another picture\u2019s.",
  };
  const { label } = TRANSFORMS[place.transform];
  section.replaceChildren(
    make("h2", { id: "layers-heading" }, `${capital(MEASURES[place.measure])} of layers under ${label.charAt(0).toLowerCase()}${label.slice(1)}`),
    make("p", {}, `${words[MEASURES[place.measure]]} Layers from the first to the last downwards, magnitude across; below 0 as 0, grey where there is none. Spread is how much a layer\u2019s output differs between pictures: near 0 it puts out the same for all of them.`),
    make("p", { class: "key" }, "0 ", bar, " 1"),
    make("div", { class: "panels" }, ...models.map(layerPanel)),
  );
}
