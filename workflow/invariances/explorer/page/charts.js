// Charts are Vega-Lite's. A chart is made anew where its key changes, else only its signals and data.
const made = new Map();
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const ruler = document.createElement("canvas").getContext("2d");

// Pixels that a text takes in a chart.
function wide(text) {
  ruler.font = `12px ${FONT}`;
  return ruler.measureText(text).width;
}

function config(colours) {
  const text = {
    labelColor: colours.soft,
    titleColor: colours.ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
  };
  return {
    background: null,
    font: FONT,
    view: { stroke: null },
    axis: {
      ...text,
      domainColor: colours.line,
      tickColor: colours.line,
      gridColor: colours.line,
      gridOpacity: 0.5,
    },
    legend: text,
  };
}

// Draw `specification(width)` into an element, or bring what is there up to date with `update(view)`.
function draw(element, key, specification, update) {
  const width = Math.floor(element.clientWidth);
  if (!width) return;
  const whole = `${key}|${width}|${DARK.matches}`;
  const entry = made.get(element);
  if (entry && entry.key === whole) {
    entry.update = update;
    if (entry.view) refresh(entry);
    return;
  }
  const fresh = { key: whole, update, view: null };
  made.set(element, fresh);
  const options = {
    mode: "vega-lite",
    renderer: "svg",
    actions: false,
    tooltip: false,
    config: config(themeColours()),
  };
  const holder = make("div");
  vegaEmbed(holder, specification(width), options).then((result) => {
    // Another chart may have been asked for meanwhile.
    if (made.get(element) !== fresh) return result.finalize();
    entry?.view?.finalize();
    element.replaceChildren(holder);
    fresh.view = result.view;
    refresh(fresh);
  });
}

function refresh(entry) {
  entry.update(entry.view);
  entry.view.runAsync();
}

const viewOf = (element) => made.get(element)?.view;

// Call `move(x, y)` in the units of the chart's scales, while a pointer is down on the chart's plot.
function dragged(element, move) {
  let down = false;
  const at = (event) => {
    const view = viewOf(element),
      svg = element.querySelector("svg");
    if (!view || !svg) return;
    const box = svg.getBoundingClientRect(),
      [left, top] = view.origin(),
      ratio = Number(svg.getAttribute("width")) / box.width;
    const inside = (scale, offset, length) =>
      view.scale(scale).invert(Math.max(0, Math.min(length, offset)));
    move(
      inside("x", (event.clientX - box.left) * ratio - left, view.width()),
      inside("y", (event.clientY - box.top) * ratio - top, view.height()),
    );
  };
  element.addEventListener("pointerdown", (event) => {
    down = true;
    element.setPointerCapture(event.pointerId);
    at(event);
    event.preventDefault();
  });
  element.addEventListener("pointermove", (event) => down && at(event));
  for (const end of ["pointerup", "pointercancel"])
    element.addEventListener(end, () => (down = false));
}
