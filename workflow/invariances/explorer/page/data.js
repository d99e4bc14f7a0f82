// The run's data, and the few ways of reading it.
const DATA = JSON.parse(document.getElementById("data").textContent);
const MODELS = DATA.models,
  TRANSFORMS = DATA.transforms,
  CATEGORIES = DATA.categories;
const CLASSES = DATA.classes.map((category) => CATEGORIES[category].name);
const LEARNERS = MODELS.filter((name) => Object.hasOwn(DATA.itn, name));

const cellOf = (model, transform, cls) => DATA.cells[MODELS.indexOf(model)][transform][cls];

const togetherOf = (model, transform) => DATA.together[MODELS.indexOf(model)][transform];

// The strip of one of a class's pictures, as a network sees it: where its sheet is, and how it is laid out.
function stripOf(model, transform, cls, example) {
  const prepared = DATA.pictures[DATA.preparations[MODELS.indexOf(model)]];
  const sheet = prepared.sheets[transform][cls][example];
  return { sheet, side: prepared.side, columns: prepared.columns };
}

// A transform's magnitudes multiply or add: where one stands between the ends of its range.
function position(transform, magnitude) {
  return transform.log ? Math.log2(magnitude) : magnitude;
}

function nearest(values, wanted) {
  let best = 0;
  values.forEach((value, index) => {
    if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = index;
  });
  return best;
}

// The share of the range, from the identity outwards, that a threshold leaves to the class; of an ordinal
// axis the share of its points, of which the threshold is the first that is lost.
function kept(transform, mark) {
  if (transform.ordinal) {
    if (mark.censored) return 1;
    const path = transform.magnitudes.filter((m) =>
      mark.direction === "up" ? m > transform.identity : m < transform.identity,
    );
    const before = path.filter((m) => Math.abs(m - transform.identity) < Math.abs(mark.threshold - transform.identity));
    return before.length / path.length;
  }
  const ends = transform.magnitudes,
    identity = position(transform, transform.identity);
  const end = position(transform, mark.direction === "up" ? ends[ends.length - 1] : ends[0]);
  return Math.min(1, Math.abs((position(transform, mark.threshold) - identity) / (end - identity)));
}
