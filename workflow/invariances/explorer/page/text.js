// Numbers and names as they are read, and elements that hold them. Names come from files: they only
// ever become text, never markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false)
      element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const label = (category) => CATEGORIES[category].label;
const spaced = (name) => name.replaceAll("_", " ");
const three = (value) => (value === null ? "\u2013" : value.toFixed(3));
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const minus = (text) => text.replace("-", "\u2212");

function plain(value, digits = 3) {
  if (value === null) return "?";
  return minus(String(Number(value.toPrecision(digits))));
}

const isDegrees = (transform) => transform.unit.startsWith("degree");

// A magnitude beside others: 30°, 1/4, 0.25. Factors on the grid are powers of two.
function short(transform, value) {
  if (isDegrees(transform)) return `${plain(value)}\u00b0`;
  const inverse = 1 / value;
  if (transform.log && value < 1 && Math.abs(inverse - Math.round(inverse)) < 1e-9)
    return `1/${Math.round(inverse)}`;
  return plain(value);
}

// ... and in a sentence, with its unit.
function magnitudeText(transform, value) {
  const number = short(transform, value);
  return isDegrees(transform) || !transform.unit ? number : `${number} (${transform.unit})`;
}

// A threshold in a cell of the matrix: a bound where nothing switched.
function markText(transform, mark) {
  const beyond = transform.ordinal ? [">", "<"] : ["\u2265", "\u2264"];
  const bound = mark.censored ? beyond[mark.direction === "up" ? 0 : 1] : "";
  const digits = transform.ordinal || (isDegrees(transform) && Math.abs(mark.threshold) >= 100) ? 3 : 2;
  return (
    bound +
    short(transform, mark.censored ? mark.threshold : Number(mark.threshold.toPrecision(digits)))
  );
}

// Not in the lead even untransformed: there is no magnitude at which the class stops being recognised.
const unrecognised = (transform, mark) => !mark.censored && mark.threshold === transform.identity;

// Where half of the class's accuracy is lost.
function halfSentence(transform, mark) {
  if (mark.half === null || mark.half === transform.identity) return "";
  const magnitude = short(transform, mark.half);
  return mark.half_censored
    ? " More than half of the accuracy is kept throughout."
    : ` Half of the accuracy is lost at ${magnitude}.`;
}

// ... and as a sentence.
function markSentence(transform, mark) {
  return switchSentence(transform, mark) + halfSentence(transform, mark);
}

// The limit of an interval that is nearer to the identity; null where one picture gives none.
const near = (mark) => (mark.direction === "up" ? mark.low : mark.high);

// So few pictures, or so different ones, that the interval reaches from the identity to the range's end.
const unbounded = (transform, mark) => near(mark) === null || (mark.open && near(mark) === transform.identity);

function intervalText(transform, mark) {
  if (near(mark) === null) return "one picture, no interval";
  if (unbounded(transform, mark)) return "too few pictures for an interval";
  if (mark.open) return `95 % interval: ${short(transform, near(mark))} or beyond`;
  return `95 % interval ${short(transform, mark.low)} to ${short(transform, mark.high)}`;
}

// ... of all pictures together.
function togetherSentence(transform, { images, recognised, marks }) {
  const known = `${recognised} of ${images} pictures recognised untransformed`;
  if (!recognised) return `${known}.`;
  const parts = marks.map((mark) => {
    const bounds = ` (${intervalText(transform, mark)})`;
    const median = mark.censored
      ? `half of these keep their prediction ${mark.direction} to ${short(transform, mark.threshold)}, the end of the range${bounds}`
      : `half of these have changed their prediction at ${short(transform, mark.threshold)}${bounds}`;
    return `${capital(mark.direction)}: ${median}.${halfSentence(transform, mark)}`;
  });
  return `${known}. ${parts.join(" ")}`;
}

function switchSentence(transform, mark) {
  const way = capital(mark.direction);
  if (mark.censored)
    return `${way}: no switch ${mark.direction} to ${short(transform, mark.threshold)}, the end of the range (${intervalText(transform, mark)}).`;
  if (mark.threshold === transform.identity)
    return `${way}: not in the lead even untransformed; ${label(mark.to)} is.`;
  return `${way}: switches to ${mark.to === null ? "another category" : label(mark.to)} at ${short(transform, mark.threshold)} (${intervalText(transform, mark)}).`;
}
