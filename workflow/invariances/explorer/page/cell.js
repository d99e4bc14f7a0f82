// One cell: the transformed picture under a slider, and for each network its curve and bars.
function buildCell(section) {
  const slider = make("input", { type: "range", id: "magnitude", min: 0, step: 1 });
  slider.addEventListener("input", () => go({ at: Number(slider.value) }));
  section.append(
    make("h2", { id: "curve-heading" }),
    make(
      "div",
      { class: "cell" },
      make(
        "div",
        { class: "subject" },
        make("canvas", { id: "picture", role: "img", width: 64, height: 64 }),
        make(
          "div",
          { class: "slide" },
          make("label", { for: "magnitude" }),
          slider,
          make("strong", { id: "readout" }),
        ),
        make("p", { id: "recognised" }),
        make("ul", { id: "own" }),
      ),
      make("div", { class: "panels" }),
    ),
  );
}

const signs = () =>
  make(
    "p",
    { class: "key" },
    "Lines: accuracy and mean softmax of categories, with 95 % bands (under five pictures of accuracy and the class alone). Dashed upright: where another category takes the lead, shaded as far as its interval is bounded. \u00d7: half of the accuracy is lost. Solid upright: the magnitude shown; drag it.",
  );

function buildPanel() {
  const panel = make(
    "article",
    {},
    make("h3"),
    make(
      "div",
      { class: "answers" },
      make("div", {}, make("div", { class: "curve chart" }), make("ul", { class: "switches" }), signs()),
      make(
        "div",
        {},
        make("div", { class: "bars chart" }),
        make(
          "details",
          {},
          make("summary", {}, "Numbers at this magnitude"),
          make("table", { class: "numbers" }),
        ),
      ),
    ),
  );
  dragged(panel.querySelector(".curve"), (x) => {
    const transform = TRANSFORMS[place.transform];
    go({
      at: nearest(
        transform.magnitudes.map((m) => position(transform, m)),
        position(transform, x),
      ),
    });
  });
  return panel;
}

function numbersTable(table, cell, at) {
  const row = (name, line) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      ...line.map((values) => make("td", {}, three(values[at]))),
    );
  table.replaceChildren(
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("td"),
        ...["value", "95 % low", "95 % high"].map((text) => make("th", { scope: "col" }, text)),
      ),
    ),
    make(
      "tbody",
      {},
      row("accuracy", cell.accuracy),
      ...strongest(cell, at).map((i) => row(`softmax, ${label(cell.names[i])}`, cell.softmax[i])),
    ),
  );
}

function renderPanel(panel, model) {
  const transform = TRANSFORMS[place.transform],
    cell = cellOf(model, place.transform, place.class);
  const what = `${label(DATA.classes[place.class])}, ${transform.label}, ${model}`;
  const key = `${model}|${place.transform}|${place.class}`,
    at = place.at;
  panel.dataset.network = model;
  panel.querySelector("h3").textContent = model;
  panel
    .querySelector("h3")
    .append(
      make(
        "small",
        {},
        ` ${cell.images} ${cell.images === 1 ? "picture" : "pictures"}; accuracy here `,
        make("span", { class: "accuracy" }, three(cell.accuracy[0][at])),
        cell.accuracy[1][at] === null
          ? ""
          : ` (${three(cell.accuracy[1][at])} to ${three(cell.accuracy[2][at])})`,
      ),
    );
  panel
    .querySelector(".switches")
    .replaceChildren(...cell.marks.map((mark) => make("li", {}, markSentence(transform, mark))));
  draw(
    panel.querySelector(".curve"),
    key,
    (width) => curveSpecification(cell, transform, `Response curve: ${what}`, width),
    (view) => view.signal("at", transform.magnitudes[at]),
  );
  draw(
    panel.querySelector(".bars"),
    key,
    (width) => barsSpecification(cell, `Softmax: ${what}`, width),
    (view) => view.data("bars", barsOf(cell, at)),
  );
  numbersTable(panel.querySelector(".numbers"), cell, at);
}

// What this very picture is: recognised here or not, by each network.
function exampleText(models) {
  const magnitude = TRANSFORMS[place.transform].magnitudes[place.at];
  return models
    .map((model) => {
      const intervals = cellOf(model, place.transform, place.class).examples[place.example];
      if (!intervals) return null;
      const right = intervals.some(([low, high]) => low <= magnitude && magnitude <= high);
      return `${right ? "\u2713 recognised" : "\u2717 not recognised"} by ${model}`;
    })
    .filter(Boolean)
    .join("; ");
}

// The picture's own thresholds by each network, one to a direction.
function ownText(model) {
  const transform = TRANSFORMS[place.transform];
  const marks = cellOf(model, place.transform, place.class).own_marks[place.example];
  if (!marks.length) return `Own thresholds, ${model}: none, not recognised untransformed.`;
  const parts = marks.map((mark) => {
    const at = short(transform, mark.threshold);
    return mark.censored ? `no change ${mark.direction} to ${at}` : `changes at ${at}, to ${label(mark.to)}`;
  });
  return `Own thresholds, ${model}: ${parts.join("; ")}.`;
}

function renderCell(section) {
  if (!section.childElementCount) buildCell(section);
  const transform = TRANSFORMS[place.transform],
    magnitude = transform.magnitudes[place.at];
  const models = place.beside ? [place.network, place.beside] : [place.network];
  const name = label(DATA.classes[place.class]),
    value = magnitudeText(transform, magnitude);
  section.querySelector("h2").textContent =
    `${capital(name)} under ${transform.label.charAt(0).toLowerCase()}${transform.label.slice(1)}`;
  const strip = stripOf(place.network, place.transform, place.class, place.example);
  showPicture(
    section.querySelector("#picture"),
    strip.sheet,
    strip.side,
    strip.columns,
    place.at,
    transform.magnitudes.length,
    `${name}, ${transform.label} ${value}`,
  );
  const slider = section.querySelector("#magnitude");
  slider.max = transform.magnitudes.length - 1;
  slider.value = place.at;
  slider.setAttribute("aria-valuetext", value);
  section.querySelector(".slide label").textContent = transform.label;
  section.querySelector("#readout").textContent =
    short(transform, magnitude) + (magnitude === transform.identity ? " (untransformed)" : "");
  const shown = DATA.shown[place.class],
    first = shown.length < cellOf(place.network, place.transform, place.class).images;
  const which = shown.length > 1 ? shown[place.example] : first ? "The class\u2019s first picture" : "The picture";
  section.querySelector("#recognised").textContent = `${which}: ${exampleText(models)}.`;
  section.querySelector("#own").replaceChildren(...models.map((model) => make("li", {}, ownText(model))));
  const panels = section.querySelector(".panels");
  panels.classList.toggle("two", models.length > 1);
  while (panels.childElementCount > models.length) panels.lastElementChild.remove();
  while (panels.childElementCount < models.length) panels.append(buildPanel());
  models.forEach((model, i) => renderPanel(panels.children[i], model));
}
