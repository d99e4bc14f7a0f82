// One cell's response curve and, at one magnitude, its softmax as bars: specifications for Vega-Lite.
const BARS = 6;

// Lines by name, the largest of all others, and accuracy, each with its looks.
function linesOf(cell, magnitudes) {
  const colours = themeColours();
  const rows = [], looks = [];
  const add = (key, text, [value, low, high], colour, dash, width) => {
    looks.push({ key, text, colour, dash, width, last: value[value.length - 1] });
    value.forEach((v, i) => v !== null && rows.push({ key, magnitude: magnitudes[i], value: v, low: low ? low[i] : v, high: high ? high[i] : v }));
  };
  const rest = cell.softmax.slice(cell.lines.length);
  if (rest.length) add("others", "others", [magnitudes.map((_, i) => Math.max(...rest.map((line) => line[0][i] ?? 0)))], colours.soft, [2, 3], 1.5);
  [...cell.lines.keys()].reverse().forEach((line) => {
    const [category, look] = cell.lines[line];
    const { colour, dash } = DATA.looks[look];
    add(`category ${category}`, CATEGORIES[category].short, cell.softmax[line], visible(colour), dash, category === cell.own ? 3 : 2);
  });
  add("accuracy", "accuracy", cell.accuracy, colours.ink, [], 1);
  return { rows, looks };
}

// Labels at the lines' ends, moved apart so that none covers another; heights in units of the axis.
function spreadLabels(looks, height) {
  const room = 15 / height;
  const order = looks.map((look) => ({ ...look, y: look.last ?? 0 })).sort((a, b) => a.y - b.y);
  order.forEach((entry, i) => (entry.y = Math.max(entry.y, i ? order[i - 1].y + room : 0.0)));
  const over = order.length ? order[order.length - 1].y - 1 : 0;
  if (over > 0) {
    order[order.length - 1].y -= over;
    for (let i = order.length - 2; i >= 0; i -= 1) order[i].y = Math.min(order[i].y, order[i + 1].y - room);
  }
  return order;
}

// The axis' title, its unit on a line of its own where both are wider than the plot.
function axisTitle(transform, width) {
  if (!transform.unit || isDegrees(transform)) return transform.label;
  const whole = `${transform.label} (${transform.unit})`;
  return wide(whole) <= width ? whole : [transform.label, `(${transform.unit})`];
}

function ticks(transform, width) {
  const ends = transform.magnitudes, low = ends[0], high = ends[ends.length - 1], most = Math.max(3, Math.floor(width / 55));
  const spaced = (step, from, to) => Array.from({ length: Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1 }, (_, i) => (Math.ceil(from / step - 1e-9) + i) * step);
  if (transform.log) {
    const step = [1, 2, 3, 4, 8].find((s) => spaced(s, Math.log2(low), Math.log2(high)).length <= most) ?? 8;
    return spaced(step, Math.log2(low), Math.log2(high)).map((exponent) => 2 ** exponent);
  }
  if (!isDegrees(transform)) return null;
  const step = [10, 15, 30, 45, 90, 180].find((s) => spaced(s, low, high).length <= most) ?? 180;
  return spaced(step, low, high);
}

function curveSpecification(cell, transform, title, outer) {
  const { rows, looks } = linesOf(cell, transform.magnitudes), colours = themeColours();
  const right = Math.min(130, Math.max(...looks.map((look) => wide(look.text))) + 10);
  const width = Math.max(120, outer - 50 - right), height = 230;
  const values = ticks(transform, width);
  const x = {
    field: "magnitude", type: "quantitative", title: axisTitle(transform, width),
    scale: { type: transform.log ? "log" : "linear", ...(transform.log ? { base: 2 } : {}), domain: [transform.magnitudes[0], transform.magnitudes[transform.magnitudes.length - 1]], nice: false },
    axis: {
      grid: false, labelOverlap: "greedy", labelFlush: false, titleLimit: outer - 50, format: ".4~g", ...(values ? { values } : { tickCount: Math.max(4, Math.floor(width / 60)) }),
      labelExpr: transform.log ? "datum.value < 1 ? '1/' + round(1 / datum.value) : datum.label" : isDegrees(transform) ? "datum.label + '\u00b0'" : "datum.label",
    },
  };
  const y = { field: "value", type: "quantitative", title: "Mean softmax, accuracy", scale: { domain: [0, 1] }, axis: { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" } };
  const keys = looks.map((look) => look.key);
  const color = { field: "key", type: "nominal", legend: null, scale: { domain: keys, range: looks.map((look) => look.colour) } };
  const switches = cell.marks.filter((mark) => !mark.censored).map((mark) => ({ magnitude: mark.threshold, low: mark.low, high: mark.high }));
  return {
    description: title, width, height, padding: { left: 0, right: 0, top: 8, bottom: 0 }, autosize: { type: "pad", contains: "content" },
    params: [{ name: "at", value: transform.identity }],
    datasets: { lines: rows, switches, labels: spreadLabels(looks, height).map((look) => ({ key: look.key, text: look.text, value: look.y, magnitude: transform.magnitudes[transform.magnitudes.length - 1] })) },
    encoding: { x, y },
    layer: [
      { data: { name: "switches" }, mark: { type: "rect", color: colours.accent, opacity: 0.16, description: "interval of the threshold" }, encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y: { value: 0 }, y2: { value: height } } },
      { data: { name: "lines" }, mark: { type: "area", opacity: 0.15, aria: false }, encoding: { y: { ...y, field: "low" }, y2: { field: "high" }, color } },
      { data: { name: "switches" }, mark: { type: "rule", color: colours.accent, strokeWidth: 2, strokeDash: [5, 3], description: "threshold" }, encoding: { x, y: { value: 0 }, y2: { value: height } } },
      ...looks.map((look) => ({ data: { name: "lines" }, transform: [{ filter: { field: "key", equal: look.key } }], mark: { type: "line", strokeDash: look.dash, strokeWidth: look.width, description: look.text, point: look.key === "accuracy" ? { filled: false, fill: colours.ground, size: 14, strokeWidth: 1 } : false }, encoding: { color } })),
      { data: { values: [{}] }, transform: [{ calculate: "at", as: "magnitude" }], mark: { type: "rule", color: colours.ink, strokeWidth: 1.5, description: "the magnitude shown" }, encoding: { y: { value: -8 }, y2: { value: height } } },
      { data: { name: "lines" }, transform: [{ filter: "datum.magnitude === at" }], mark: { type: "point", filled: true, opacity: 1, size: 55, stroke: colours.ground, strokeWidth: 1, aria: false }, encoding: { color } },
      { data: { name: "labels" }, mark: { type: "text", align: "left", baseline: "middle", dx: 8, fontSize: 12, limit: right - 8, clip: false }, encoding: { text: { field: "text" }, color } },
    ],
  };
}

// The lines, of those of a cell, that are shown as bars at a magnitude: the class's own, then the strongest.
function strongest(cell, at) {
  const value = (line) => cell.softmax[line][0][at] ?? 0;
  const own = cell.names.indexOf(cell.own);
  const rest = [...cell.names.keys()].filter((line) => line !== own).sort((a, b) => value(b) - value(a));
  return [...(own < 0 ? [] : [own]), ...rest].slice(0, BARS);
}

function barsOf(cell, at) {
  return strongest(cell, at).map((line, order) => {
    const [value, low, high] = cell.softmax[line].map((values) => values[at] ?? 0);
    return { category: cell.names[line], name: CATEGORIES[cell.names[line]].short, order, value, low, high, text: three(value) };
  });
}

function barsSpecification(cell, title, outer) {
  const colours = themeColours(), names = cell.names.map((category) => CATEGORIES[category].short);
  const left = Math.min(150, Math.max(...names.map(wide)) + 10);
  const width = Math.max(80, outer - left - 50);
  const colour = (_, line) => (line < cell.lines.length ? visible(DATA.looks[cell.lines[line][1]].colour) : colours.soft);
  // Which category stands in a row changes with the magnitude: its name is a mark, not an axis' label.
  const y = { field: "order", type: "ordinal", axis: null };
  const x = { field: "value", type: "quantitative", title: "Mean softmax", scale: { domain: [0, 1] }, axis: { values: [0, 0.5, 1], format: ".1~f", grid: false } };
  return {
    description: title, width, height: 24 * BARS, padding: { left, right: 44, top: 4, bottom: 36 }, autosize: { type: "none" },
    data: { name: "bars", values: barsOf(cell, 0) },
    encoding: { y },
    layer: [
      { mark: { type: "bar", height: 15, opacity: 0.6, aria: false }, encoding: { x, color: { field: "category", type: "nominal", legend: null, scale: { domain: cell.names, range: cell.names.map(colour) } } } },
      { mark: { type: "rule", color: colours.ink, strokeWidth: 1, aria: false }, encoding: { x: { ...x, field: "low" }, x2: { field: "high" } } },
      { mark: { type: "text", align: "left", dx: 6, fontSize: 12, color: colours.ink, clip: false }, encoding: { x: { ...x, field: "high" }, text: { field: "text" } } },
      { mark: { type: "text", align: "right", dx: -6, fontSize: 12, color: colours.soft, limit: left - 6, clip: false, description: "category" }, encoding: { x: { value: 0 }, text: { field: "name" } } },
    ],
  };
}
