// Where the reader is: one object, written into the address's fragment so that a link reopens the view.
const VIEWS = ["networks", "thresholds", "curve", "layers", "worst", "learned"];
const MEASURES = ["invariance", "equivariance"];
const START = {
  view: DATA.listed ? "networks" : "thresholds",
  network: MODELS[0],
  beside: null,
  transform: 0,
  class: 0,
  example: 0,
  combined: 0,
  at: 0,
  steered: 0,
  shown: 0,
  k: [0, 0],
  measure: 0,
  sort: null,
  backwards: false,
  find: "",
};
const place = { ...START };
// The views of which this run has something.
const HERE = {
  networks: DATA.listed,
  thresholds: true,
  curve: true,
  layers: Boolean(DATA.layers),
  worst: DATA.combined.length > 0,
  learned: LEARNERS.length > 0,
};

function fragment(where) {
  const found = new URLSearchParams({ view: where.view, network: where.network });
  if (where.beside) found.set("beside", where.beside);
  if (where.view === "curve") {
    const transform = TRANSFORMS[where.transform];
    found.set("transform", transform.name);
    found.set("class", CLASSES[where.class]);
    if (where.example) found.set("example", DATA.shown[where.class][where.example]);
    found.set("at", String(transform.magnitudes[where.at]));
  }
  if (where.view === "networks") {
    if (where.find) found.set("find", where.find);
    if (where.sort) found.set("sort", where.sort);
    if (where.sort && where.backwards) found.set("order", "descending");
  }
  if (where.view === "layers") {
    found.set("transform", TRANSFORMS[where.transform].name);
    found.set("measure", MEASURES[where.measure]);
  }
  if (where.view === "worst") {
    found.set("combined", DATA.combined[where.combined].name);
    found.set("class", CLASSES[where.class]);
    if (where.example) found.set("example", DATA.shown[where.class][where.example]);
  }
  if (where.view === "learned") {
    const square = squareOf(where);
    found.set("steered", square.kinds[where.steered].name);
    found.set("picture", square.classes[where.shown]);
    found.set("k", valuesAlong(square.kinds[where.steered]).map((values, i) => values[where.k[i]]).join(","));
  }
  return `#${found}`;
}

// The place that a fragment names; what the run does not have is said, not guessed.
function understood(text) {
  const asked = new URLSearchParams(text.replace(/^#/, "")),
    found = { ...START },
    unknown = [];
  const take = (key, names, into = key, as = (index) => index) => {
    if (!asked.has(key)) return;
    const index = names.indexOf(asked.get(key));
    if (index < 0) unknown.push(`${key} \u201c${asked.get(key)}\u201d`);
    else found[into] = as(index);
  };
  take("view", VIEWS, "view", (index) => VIEWS[index]);
  take("network", MODELS, "network", (index) => MODELS[index]);
  take("beside", MODELS, "beside", (index) => MODELS[index]);
  take(
    "transform",
    TRANSFORMS.map((transform) => transform.name),
  );
  take("class", CLASSES);
  take("example", DATA.shown[found.class]);
  take(
    "combined",
    DATA.combined.map((combined) => combined.name),
  );
  take("measure", MEASURES);
  take("sort", COLUMNS.map((column) => column.key), "sort", (index) => COLUMNS[index].key);
  found.backwards = asked.get("order") === "descending";
  found.find = asked.get("find") ?? "";
  const transform = TRANSFORMS[found.transform];
  const at = asked.has("at") ? Number(asked.get("at")) : transform.identity;
  found.at = nearest(transform.magnitudes, Number.isFinite(at) ? at : transform.identity);
  if (LEARNERS.length) {
    const square = squareOf(found);
    take(
      "steered",
      square.kinds.map((kind) => kind.name),
    );
    take("picture", square.classes, "shown");
    const [first, second] = (asked.get("k") ?? "").split(",").map((k) => Number(k) || 0);
    found.k = valuesAlong(square.kinds[found.steered]).map((values, i) =>
      nearest(values, i ? (second ?? first) : first),
    );
  }
  return { found, unknown };
}

// The place as it can be: a view that there is, two different networks, steps within their grids.
function settle() {
  if (!HERE[place.view]) place.view = START.view;
  if (place.beside === place.network) place.beside = null;
  place.example = Math.max(0, Math.min(place.example, DATA.shown[place.class].length - 1));
  place.at = Math.max(0, Math.min(place.at, TRANSFORMS[place.transform].magnitudes.length - 1));
  if (!LEARNERS.length) return;
  const square = squareOf(place);
  place.steered = Math.min(place.steered, square.kinds.length - 1);
  place.shown = Math.min(place.shown, square.classes.length - 1);
  const grid = valuesAlong(square.kinds[place.steered]);
  place.k = place.k.map((index, i) => Math.max(0, Math.min(index, grid[i].length - 1)));
}

let writing = 0;
// A drag is one step of the history, and browsers refuse hundreds of changes a second.
function remember(step) {
  clearTimeout(writing);
  const write = () => {
    try {
      if (fragment(place) !== window.location.hash)
        window.history[step ? "pushState" : "replaceState"](null, "", fragment(place));
    } catch {
      // A page inside another one may not have an address of its own.
    }
  };
  if (step) write();
  else writing = setTimeout(write, 150);
}

// The one way to move: `changes` of the place; `step` where going back should undo it.
function go(changes, step = false) {
  const before = place.transform,
    shown = place.class;
  Object.assign(place, changes);
  if (place.class !== shown && !("example" in changes)) place.example = 0;
  if (place.transform !== before && !("at" in changes)) {
    const transform = TRANSFORMS[place.transform];
    place.at = nearest(transform.magnitudes, transform.identity);
  }
  settle();
  remember(step);
  render();
}
