// The way in: thresholds of classes by transforms, each cell a door to its curve.
function matrixCell(cls, transform) {
  const models = place.beside ? [place.network, place.beside] : [place.network];
  const halves = models.map((model) => {
    const marks = cellOf(model, transform, cls).marks,
      entry = TRANSFORMS[transform];
    const colours = shade(
      marks.reduce((sum, mark) => sum + kept(entry, mark), 0) / Math.max(1, marks.length),
    );
    if (marks.length && marks.every((mark) => unrecognised(entry, mark)))
      return make("span", { class: "half none" }, "not recognised untransformed");
    const half = make(
      "span",
      { class: "half" },
      ...marks.map((mark) =>
        make(
          "span",
          {},
          `${mark.direction === "up" ? "\u25b4" : "\u25be"}\u2009${markText(entry, mark)}`,
        ),
      ),
    );
    half.style.background = colours.ground;
    half.style.color = colours.ink;
    return half;
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
  const there = { view: "curve", transform, class: cls, at: identity };
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
  const table = make(
    "table",
    { class: place.beside ? "matrix two" : "matrix" },
    make("caption", { class: "unseen" }, "Thresholds of classes under transforms"),
    make("thead", {}, head),
    make("tbody", {}, ...body),
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

function renderMatrix(section) {
  const key = `${place.network}|${place.beside}`;
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  const bar = make("span", { class: "scale", "aria-hidden": "true" });
  bar.style.background = `linear-gradient(to right, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => shade(share).ground).join(", ")})`;
  const halves = place.beside ? ` Left half: ${place.network}; right half: ${place.beside}.` : "";
  const table = matrixTable();
  section.replaceChildren(
    make("h2", { id: "thresholds-heading" }, "Where each class stops being recognised"),
    make(
      "p",
      {},
      `Thresholds upwards (\u25b4) and downwards (\u25be) from the identity: the magnitude at which the class\u2019s mean softmax is overtaken; with \u2265 or \u2264 where nothing overtakes it within the range screened. A cell\u2019s curve also shows where half of the accuracy is lost.${halves} Choose a cell to see its curve.`,
    ),
    make("p", { class: "key" }, "a small change ", bar, " invariant over the whole range"),
    make("div", { class: "scroll", tabindex: -1 }, table),
  );
  table.querySelector(".door").tabIndex = 0;
}
