// The run's data, and the few ways of reading it.
const DATA = JSON.parse(document.getElementById("data").textContent);
const MODELS = DATA.models,
  TRANSFORMS = DATA.transforms,
  CATEGORIES = DATA.categories;
const CLASSES = DATA.classes.map((category) => CATEGORIES[category].name);
const LEARNERS = MODELS.filter((name) => Object.hasOwn(DATA.itn, name));

// Sixteen bits a number, low byte first, between two ends; beyond the last step there is none.
function unpacked(text, low = 0, high = 1) {
  const bytes = atob(text);
  return Array.from({ length: bytes.length / 2 }, (_, i) => {
    const step = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
    return step > 65534 ? null : low + ((high - low) * step) / 65534;
  });
}

const keyed = (fields) => (row) => Object.fromEntries(fields.map((field, i) => [field, row[i]]));

// A cell's lines [value, low, high], each with a number at each of `count` magnitudes, or null.
function unpackedCell(entry, count) {
  const numbers = unpacked(entry.numbers),
    there = unpacked(entry.rest_numbers);
  const line = (i) => numbers.slice(i * count, (i + 1) * count);
  const triple = (i) => [line(i), line(i + 1), line(i + 2)];
  let start = 0;
  const scattered = (at) => {
    const values = new Array(count).fill(null);
    at.forEach((magnitude, i) => (values[magnitude] = there[start + i]));
    start += at.length;
    return values;
  };
  const end = 3 + 3 * entry.lines.length;
  return {
    ...entry,
    accuracy: triple(0),
    names: [...entry.lines.map(([category]) => category), ...entry.rest],
    softmax: [
      ...entry.lines.map((_, i) => triple(3 + 3 * i)),
      ...entry.at.map((at) => [scattered(at), scattered(at), scattered(at)]),
    ],
    others: numbers.length > end * count ? line(end) : null,
    marks: entry.marks.map(keyed(DATA.fields)),
    own_marks: entry.own_marks.map((rows) => rows.map(keyed(DATA.own_fields))),
  };
}

const cells = new Map();

function cellOf(model, transform, cls) {
  const entry = DATA.cells[MODELS.indexOf(model)][transform][cls];
  if (!cells.has(entry)) cells.set(entry, unpackedCell(entry, TRANSFORMS[transform].magnitudes.length));
  return cells.get(entry);
}

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
