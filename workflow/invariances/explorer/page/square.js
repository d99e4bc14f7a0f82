// The learned transforms: a square of k under the pointer, the picture there and the prediction.
const valuesAlong = (kind) => [kind.values, kind.seconds];
const squareOf = (where) =>
  DATA.itn[Object.hasOwn(DATA.itn, where.network) ? where.network : LEARNERS[0]];

function buildLearned(section) {
  section.append(
    make("h2", { id: "learned-heading" }, "What the Invariant Transformer Net has learned"),
    make(
      "p",
      {},
      "The net stands before the network and changes each picture; it has learned which changes leave the answer as it is. Every point k of the square is one of them. Drag in it, or use the arrow keys. Fields: whether the picture shown is recognised there; circles: accuracy over all pictures evaluated, in per cent.",
    ),
    make("div", { class: "panels two" }),
  );
}

function buildSquare() {
  const pad = make("div", { class: "pad chart", tabindex: 0, role: "application" });
  dragged(pad, (x, y) => go({ k: valuesHere().map((values, i) => nearest(values, [x, y][i])) }));
  pad.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
      event.key
    ];
    if (!step) return;
    event.preventDefault();
    go({ k: place.k.map((k, i) => k + step[i]) });
  });
  return make(
    "article",
    { class: "square" },
    make("h3"),
    pad,
    make(
      "div",
      { class: "outcome" },
      make("canvas", { role: "img", width: 64, height: 64 }),
      make("p", { class: "answer", "aria-live": "polite" }),
      make("p", { class: "words" }),
      make("p", { class: "evaluated" }),
      make("p", { class: "certificate" }),
    ),
  );
}

const valuesHere = () => valuesAlong(squareOf(place).kinds[place.steered]);

function squareSpecification(square, kind, shown, title, outer) {
  const colours = themeColours(),
    grid = valuesAlong(kind),
    [values, seconds] = grid,
    half = (values.at(-1) - values[0]) / (values.length - 1) / 2;
  const side = Math.max(140, Math.min(300, outer - 60));
  const fields = values.flatMap((a, i) =>
    seconds.map((b, j) => ({
      left: a - half,
      right: a + half,
      low: b - half,
      high: b + half,
      right_answer: kind.right[shown][i * seconds.length + j] ? "recognised" : "not recognised",
    })),
  );
  const axis = (component, along, direction) => ({
    type: "quantitative",
    title: along.length > 1 ? `${kind.steered}, ${component}: ${spaced(direction ?? "unused")}` : null,
    scale: { domain: [along[0] - half, along.at(-1) + half], nice: false },
    axis: {
      values: along.length > 1 ? [-1, -0.5, 0, 0.25, 0.5, 0.75, 1] : [],
      format: ".2~f",
      grid: false,
    },
  });
  const x = axis("first", values, kind.directions[0]),
    y = axis("second", seconds, kind.directions[1]);
  return {
    description: title,
    width: side,
    height: seconds.length > 1 ? side : side / values.length,
    padding: { left: 0, right: 8, top: 4, bottom: 0 },
    autosize: { type: "pad", contains: "content" },
    params: [
      { name: "k0", value: 0 },
      { name: "k1", value: 0 },
    ],
    datasets: {
      fields,
      evaluated: kind.accuracy.map(([a, b, accuracy]) => ({
        a,
        b,
        text: String(Math.round(100 * accuracy)),
      })),
    },
    layer: [
      {
        data: { name: "fields" },
        mark: { type: "rect", stroke: colours.ground, strokeWidth: 1, aria: false },
        encoding: {
          x: { ...x, field: "left" },
          x2: { field: "right" },
          y: { ...y, field: "low" },
          y2: { field: "high" },
          color: {
            field: "right_answer",
            type: "nominal",
            scale: {
              domain: ["recognised", "not recognised"],
              range: [colours.right, colours.wrong],
            },
            legend: {
              orient: "bottom",
              title: null,
              direction: "horizontal",
              symbolType: "square",
            },
          },
        },
      },
      {
        data: { name: "evaluated" },
        mark: {
          type: "point",
          filled: true,
          shape: "circle",
          size: 560,
          color: colours.ground,
          opacity: 0.85,
          aria: false,
        },
        encoding: { x: { ...x, field: "a" }, y: { ...y, field: "b" } },
      },
      {
        data: { name: "evaluated" },
        mark: { type: "text", fontSize: 11, color: colours.ink },
        encoding: { x: { ...x, field: "a" }, y: { ...y, field: "b" }, text: { field: "text" } },
      },
      {
        data: { values: [{}] },
        mark: {
          type: "point",
          shape: "circle",
          size: 900,
          color: colours.ink,
          strokeWidth: 3,
          filled: false,
          opacity: 1,
          description: "the k shown",
        },
        encoding: { x: { ...x, datum: { expr: "k0" } }, y: { ...y, datum: { expr: "k1" } } },
      },
    ],
  };
}

function renderSquare(article, model) {
  const square = DATA.itn[model],
    kind = square.kinds[Math.min(place.steered, square.kinds.length - 1)];
  const steered = square.kinds.indexOf(kind),
    shown = Math.min(place.shown, square.classes.length - 1);
  const grid = valuesAlong(kind);
  const k = grid.map((values, i) => values[Math.min(place.k[i], values.length - 1)]);
  const index = kind.values.indexOf(k[0]) * kind.seconds.length + kind.seconds.indexOf(k[1]);
  const name = spaced(square.classes[shown]),
    shownK = kind.seconds.length > 1 ? k : k.slice(0, 1),
    where = `${kind.steered} = (${shownK.map((value) => plain(value)).join(", ")})`;
  const right = kind.right[shown][index];
  article.dataset.network = model;
  article.querySelector("h3").textContent = model;
  const pad = article.querySelector(".pad");
  pad.setAttribute("aria-label", `${model}, ${kind.label}: ${where}. Arrow keys move.`);
  draw(
    pad,
    `${model}|${steered}|${shown}`,
    (width) => squareSpecification(square, kind, shown, `${kind.label}: answers over k`, width),
    (view) => view.signal("k0", k[0]).signal("k1", k[1]),
  );
  showPicture(
    article.querySelector("canvas"),
    kind.sheets[shown],
    square.side,
    square.columns,
    index,
    kind.values.length * kind.seconds.length,
    `${name} at ${where}`,
  );
  article.querySelector("canvas").classList.toggle("mistaken", !right);
  article.querySelector(".answer").textContent =
    `${where}: ${right ? "\u2713" : "\u2717"} ${spaced(kind.answers[shown][index])}`;
  article.querySelector(".words").textContent = capital(kind.words[index]);
  article.querySelector(".evaluated").textContent = accuracyText(square, kind, k);
  article.querySelector(".certificate").textContent = `Certificate: ${square.certificate}`;
}

function accuracyText(square, kind, k) {
  const distance = ([a, b]) => (a - k[0]) ** 2 + (b - k[1]) ** 2;
  const found = [...kind.accuracy].sort((one, other) => distance(one) - distance(other))[0];
  const here =
    distance(found) < 1e-9
      ? "Accuracy here"
      : `Accuracy at the nearest k evaluated, (${plain(found[0])}, ${plain(found[1])})`;
  return `${here}: ${three(found[2])} (95 % ${three(found[3])} to ${three(found[4])}) of ${square.pictures} pictures; untransformed ${three(square.baseline)}.`;
}

function renderLearned(section) {
  if (!section.childElementCount) buildLearned(section);
  const models = [place.network, place.beside].filter((model) => LEARNERS.includes(model));
  if (!models.length) models.push(LEARNERS[0]);
  const panels = section.querySelector(".panels");
  panels.classList.toggle("two", models.length > 1);
  while (panels.childElementCount > models.length) panels.lastElementChild.remove();
  while (panels.childElementCount < models.length) panels.append(buildSquare());
  models.forEach((model, i) => renderSquare(panels.children[i], model));
}
