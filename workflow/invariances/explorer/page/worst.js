// Each picture's worst case under transforms combined: untransformed, at the grid's worst point, and refined.
const WORST = ["untransformed", "worst point of the grid", "worst found between its points"];

const caseOf = (model, combined, cls, example) =>
  DATA.worst[MODELS.indexOf(model)][combined][cls][example];

// A margin in nats, as the factor by which the true class is ahead of the strongest other, or behind.
function marginText(margin) {
  const factor = Math.exp(Math.abs(margin));
  const times = factor >= 1000 ? "over 1000" : plain(factor, factor < 10 ? 2 : 3);
  return `margin ${plain(margin)} (${times} times ${margin >= 0 ? "ahead of" : "behind"} the strongest other)`;
}

const pointText = (combined, at) =>
  combined.transforms
    .map((transform, i) => `${transform.label} ${magnitudeText(transform, at[i])}`)
    .join(", ");

function worstView(model, found, number) {
  const combined = DATA.combined[place.combined],
    name = label(DATA.classes[place.class]);
  const point = number ? found.points[number - 1] : null;
  const right = point ? point.prediction === CLASSES[place.class] : found.recognised;
  const canvas = make("canvas", { role: "img", width: 64, height: 64, class: right ? "" : "mistaken" });
  const where = point ? pointText(combined, point.at) : "";
  showPicture(
    canvas,
    found.sheet,
    DATA.worst_side,
    found.points.length + 1,
    number,
    found.points.length + 1,
    `${name}, ${WORST[number]} for ${model}${where ? `: ${where}` : ""}`,
  );
  const seen = point
    ? `${right ? "\u2713 recognised" : `\u2717 ${spaced(point.prediction)}`}; ${marginText(point.margin)}`
    : `${right ? "\u2713 recognised" : "\u2717 not recognised"}; ${marginText(found.margin)}`;
  return make(
    "figure",
    {},
    canvas,
    make("figcaption", {}, make("strong", {}, capital(WORST[number])), where ? make("span", { class: "where" }, where) : null, make("span", {}, seen)),
  );
}

function worstPanel(model) {
  const found = caseOf(model, place.combined, place.class, place.example);
  const [right, points] = found.right;
  return make(
    "article",
    { "data-network": model },
    make("h3", {}, model, make("small", {}, ` recognised at ${right} of ${points} points of the grid`)),
    make("div", { class: "worst" }, ...[null, ...found.points].map((_, number) => worstView(model, found, number))),
  );
}

function renderWorst(section) {
  const models = place.beside ? [place.network, place.beside] : [place.network];
  const name = capital(label(DATA.classes[place.class])),
    combined = DATA.combined[place.combined];
  const which = DATA.shown[place.class][place.example];
  section.replaceChildren(
    make("h2", { id: "worst-heading" }, `${name} at its worst`),
    make("p", {}, `${which} under ${combined.label.toLowerCase()}, where the margin of its class is lowest.`),
    make("div", { class: `panels ${models.length > 1 ? "two" : ""}` }, ...models.map(worstPanel)),
  );
}
