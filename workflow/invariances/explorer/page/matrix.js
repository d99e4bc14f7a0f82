// One network's thresholds in both directions, the darker the more of the range is kept.
function half(transform, marks) {
  const colours = shade(
    marks.reduce((sum, mark) => sum + kept(transform, mark), 0) / Math.max(1, marks.length),
  );
  const texts = marks.map((mark) =>
    make(
      "span",
      {},
      `${mark.direction === "up" ? "\u25b4" : "\u25be"}\u2009${markText(transform, mark)}`,
    ),
  );
  const element = make("span", { class: "half" }, ...texts);
  if (marks.every((mark) => unbounded(transform, mark))) {
    element.style.background = `color-mix(in srgb, ${colours.ground} 25%, transparent)`;
    element.style.color = "var(--ink)";
  } else {
    element.style.background = colours.ground;
    element.style.color = colours.ink;
  }
  return element;
}

// The way in: thresholds of classes by transforms, each cell a door to its curve.
function matrixCell(cls, transform) {
  const models = place.beside ? [place.network, place.beside] : [place.network];
  const halves = models.map((model) => {
    const marks = cellOf(model, transform, cls).marks,
      entry = TRANSFORMS[transform];
    if (marks.length && marks.every((mark) => unrecognised(entry, mark)))
      return nothing(models.length);
    return half(entry, marks);
  });
  const said = models
    .map(
      (model) =>
        `${model}: ${cellOf(model, transform, cls)
          .marks.map((mark) => markSentence(TRANSFORMS[transform], mark))
          .join(" ")}`,
    )
    .join(" ");
  const identity = nearest(TRANSFORMS[transform].magnitudes, TRANSFORMS[transform].identity);
  const there = { view: "curve", transform, class: cls, example: 0, at: identity };
  const link = make(
    "a",
    {
      href: fragment({ ...place, ...there }),
      class: "door",
      tabindex: -1,
      "aria-label": `${label(DATA.classes[cls])}, ${TRANSFORMS[transform].label}. ${said}`,
      title: `${label(DATA.classes[cls])}, ${TRANSFORMS[transform].label}\n${said}`,
      "data-row": cls,
      "data-column": transform,
    },
    ...halves,
  );
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(there, true);
    document.getElementById("magnitude").focus({ preventScroll: true });
  });
  return make("td", {}, link);
}

// Beside another network there is no room for words; the cell's tooltip and name say them.
const nothing = (models) =>
  make("span", { class: "half none" }, models > 1 ? "\u2013" : "not recognised untransformed");

// All pictures of all classes as one: where half of them have changed their prediction.
function togetherCell(transform) {
  const models = place.beside ? [place.network, place.beside] : [place.network];
  const entry = TRANSFORMS[transform];
  const halves = models.map((model) => {
    const { recognised, marks } = togetherOf(model, transform);
    return recognised ? half(entry, marks) : nothing(models.length);
  });
  const said = models
    .map((model) => `${model}: ${togetherSentence(entry, togetherOf(model, transform))}`)
    .join(" ");
  const cell = make("span", { class: "together", title: `${entry.label}\n${said}` }, ...halves);
  return make("td", {}, cell, make("span", { class: "unseen" }, said));
}

function matrixTable() {
  const head = make(
    "tr",
    {},
    make("td"),
    ...TRANSFORMS.map((transform) =>
      make("th", { scope: "col" }, make("span", {}, transform.label)),
    ),
  );
  const body = DATA.classes.map((category, cls) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, label(category)),
      ...TRANSFORMS.map((_, transform) => matrixCell(cls, transform)),
    ),
  );
  const { images } = togetherOf(place.network, 0);
  const together = make(
    "tr",
    {},
    make("th", { scope: "row" }, images === 1 ? "1 picture" : `all ${images} pictures`),
    ...TRANSFORMS.map((_, transform) => togetherCell(transform)),
  );
  const table = make(
    "table",
    { class: place.beside ? "matrix two" : "matrix" },
    make("caption", { class: "unseen" }, "Thresholds of classes under transforms"),
    make("thead", {}, head),
    make("tbody", {}, together, ...body),
  );
  // Room for the names of classes, and for each transform's cells; no more, on narrow screens.
  table.style.minWidth = `${128 + (place.beside ? 128 : 72) * TRANSFORMS.length}px`;
  table.addEventListener("keydown", moveInMatrix);
  return table;
}

// Arrow keys go from cell to cell; the whole matrix is one stop of the tab key.
function moveInMatrix(event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
    event.key
  ];
  const from = event.target.closest(".door");
  if (!step || !from) return;
  event.preventDefault();
  const row = Number(from.dataset.row) + step[0],
    column = Number(from.dataset.column) + step[1];
  const to = event.currentTarget.querySelector(`.door[data-row="${row}"][data-column="${column}"]`);
  if (!to) return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

// What few pictures a class can tell is said of all of them.
function fewText() {
  const most = Math.max(...DATA.classes.map((_, cls) => cellOf(place.network, 0, cls).images));
  const row = " The first row is all pictures together: the magnitude at which half of those that are recognised have changed their prediction.";
  return most < 5 ? `${row} With so few pictures a class, read that row: hardly a threshold of a single class is bounded.` : row;
}

function renderMatrix(section) {
  const key = `${place.network}|${place.beside}`;
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  const bar = make("span", { class: "scale", "aria-hidden": "true" });
  bar.style.background = `linear-gradient(to right, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => shade(share).ground).join(", ")})`;
  const halves = place.beside ? ` Left half: ${place.network}; right half: ${place.beside}; \u2013 where the class is not recognised untransformed.` : "";
  const table = matrixTable();
  section.replaceChildren(
    make("h2", { id: "thresholds-heading" }, "Where each class stops being recognised"),
    make(
      "p",
      {},
      `Thresholds upwards (\u25b4) and downwards (\u25be) from the identity: the magnitude at which the class\u2019s mean softmax is overtaken; with \u2265 or \u2264 (> or < where nothing lies between magnitudes) where nothing overtakes it within the range screened. A cell\u2019s curve also shows where half of the accuracy is lost.${halves} Choose a cell to see its curve.${fewText()}`,
    ),
    make("p", { class: "key" }, "a small change ", bar, " invariant over the whole range; pale: too few pictures to bound it"),
    make("div", { class: "scroll", tabindex: -1 }, table),
  );
  table.querySelector(".door").tabIndex = 0;
}
