// One cell's response curve: a specification for Vega-Lite, in layers from the ground up.
// Lines by name, the largest of all others, and accuracy, each with its looks.
function linesOf(cell, magnitudes) {
  const colours = themeColours();
  const rows = [],
    looks = [];
  // Bands of few pictures fill the plot: then the class's own and accuracy's alone.
  const few = cell.images < 5;
  const add = (key, text, [value, low, high], colour, ink, dash, width) => {
    looks.push({ key, text, colour, ink, dash, width, last: value[value.length - 1] });
    value.forEach(
      (v, i) =>
        v !== null &&
        rows.push({
          key,
          magnitude: magnitudes[i],
          value: v,
          low: low ? low[i] : v,
          high: high ? high[i] : v,
        }),
    );
  };
  if (cell.others)
    add(
      "others",
      "others",
      [cell.others],
      colours.soft,
      colours.soft,
      [2, 3],
      1.5,
    );
  [...cell.lines.keys()].reverse().forEach((line) => {
    const [category, look] = cell.lines[line];
    const { colour, dash } = DATA.looks[look];
    add(
      `category ${category}`,
      CATEGORIES[category].short,
      few && category !== cell.own ? cell.softmax[line].slice(0, 1) : cell.softmax[line],
      visible(colour),
      visible(colour, 4.5),
      dash,
      category === cell.own ? 3 : 2,
    );
  });
  add("accuracy", "accuracy", cell.accuracy, colours.ink, colours.ink, [], 1);
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
    for (let i = order.length - 2; i >= 0; i -= 1)
      order[i].y = Math.min(order[i].y, order[i + 1].y - room);
  }
  return order;
}

const HEIGHT = 230;

function thresholdLayers(x, colours) {
  return [
    {
      data: { name: "switches" },
      mark: {
        type: "rect",
        color: colours.accent,
        opacity: 0.16,
        description: "interval of the threshold",
      },
      encoding: {
        x: { ...x, field: "low" },
        x2: { field: "high" },
        y: { value: 0 },
        y2: { value: HEIGHT },
      },
    },
    {
      data: { name: "switches" },
      mark: {
        type: "rule",
        color: colours.accent,
        strokeWidth: 2,
        strokeDash: [5, 3],
        description: "threshold",
      },
      encoding: { x, y: { value: 0 }, y2: { value: HEIGHT } },
    },
  ];
}

// Of an ordinal axis its points alone, each with its interval: between them there is nothing.
function pointLayers(looks, y, color) {
  return [
    {
      data: { name: "lines" },
      mark: { type: "rule", opacity: 0.35, strokeWidth: 3, aria: false },
      encoding: { y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    ...looks.map((look) => ({
      data: { name: "lines" },
      transform: [{ filter: { field: "key", equal: look.key } }],
      mark: {
        type: "point",
        filled: look.key !== "accuracy",
        opacity: 1,
        size: 16 + 14 * look.width,
        description: look.text,
      },
      encoding: { color },
    })),
  ];
}

function lineLayers(looks, y, color, colours) {
  return [
    {
      data: { name: "lines" },
      mark: { type: "area", opacity: 0.15, aria: false },
      encoding: { y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    ...looks.map((look) => ({
      data: { name: "lines" },
      transform: [{ filter: { field: "key", equal: look.key } }],
      mark: {
        type: "line",
        strokeDash: look.dash,
        strokeWidth: look.width,
        description: look.text,
        point:
          look.key === "accuracy"
            ? { filled: false, fill: colours.ground, size: 14, strokeWidth: 1 }
            : false,
      },
      encoding: { color },
    })),
  ];
}

// The magnitude shown, and each line's value there.
function cursorLayers(color, colours) {
  return [
    {
      data: { values: [{}] },
      transform: [{ calculate: "at", as: "magnitude" }],
      mark: {
        type: "rule",
        color: colours.ink,
        strokeWidth: 1.5,
        description: "the magnitude shown",
      },
      encoding: { y: { value: -8 }, y2: { value: HEIGHT } },
    },
    {
      data: { name: "lines" },
      transform: [{ filter: "datum.magnitude === at" }],
      mark: {
        type: "point",
        filled: true,
        opacity: 1,
        size: 55,
        stroke: colours.ground,
        strokeWidth: 1,
        aria: false,
      },
      encoding: { color },
    },
  ];
}

// Where half of the untransformed accuracy is lost: a cross, as in the figures.
function halfLayer(colours) {
  return {
    data: { name: "halves" },
    mark: {
      type: "point",
      shape: "cross",
      angle: 45,
      filled: true,
      opacity: 1,
      size: 90,
      fill: colours.ink,
      stroke: colours.ground,
      strokeWidth: 1,
      description: "half of the accuracy is lost",
    },
  };
}

function labelLayer(right) {
  return {
    data: { name: "labels" },
    mark: {
      type: "text",
      align: "left",
      baseline: "middle",
      dx: 8,
      fontSize: 12,
      limit: right - 8,
      clip: false,
    },
    encoding: {
      text: { field: "text" },
      color: { field: "ink", type: "nominal", scale: null },
    },
  };
}

// What of a threshold's interval the pictures bound: nothing beyond the threshold where it is open, or where
// the class is not recognised untransformed.
function bounded(transform, mark) {
  const ends = unbounded(transform, mark) || unrecognised(transform, mark)
    ? [mark.threshold, mark.threshold]
    : mark.open
      ? [near(mark), mark.threshold]
      : [mark.low, mark.high];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

// The chart's tables: lines and their labels by name, thresholds with their intervals, half accuracies.
function curveData(cell, transform, rows, looks, end) {
  const switches = cell.marks
    .filter((mark) => !mark.censored)
    .map((mark) => ({ magnitude: mark.threshold, ...bounded(transform, mark) }));
  const untransformed = cell.accuracy[0][transform.magnitudes.indexOf(transform.identity)];
  const halves = cell.marks
    .filter((mark) => !mark.half_censored && mark.half !== transform.identity)
    .map((mark) => ({ magnitude: mark.half, value: untransformed / 2 }));
  const labels = spreadLabels(looks, HEIGHT).map((look) => ({
    ink: look.ink,
    text: look.text,
    value: look.y,
    magnitude: end,
  }));
  return { lines: rows, switches, halves, labels };
}

function curveSpecification(cell, transform, title, outer) {
  const { rows, looks } = linesOf(cell, transform.magnitudes);
  const colours = themeColours();
  const right = Math.min(130, Math.max(...looks.map((look) => wide(look.text))) + 10);
  const width = Math.max(120, outer - 50 - right);
  const x = magnitudeAxis(transform, width, outer);
  const y = {
    field: "value",
    type: "quantitative",
    title: "Mean softmax, accuracy",
    scale: { domain: [0, 1] },
    axis: { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" },
  };
  const color = {
    field: "key",
    type: "nominal",
    legend: null,
    scale: { domain: looks.map((look) => look.key), range: looks.map((look) => look.colour) },
  };
  return {
    description: title,
    width,
    height: HEIGHT,
    padding: { left: 0, right: 0, top: 8, bottom: 0 },
    autosize: { type: "pad", contains: "content" },
    params: [{ name: "at", value: transform.identity }],
    datasets: curveData(cell, transform, rows, looks, x.scale.domain[1]),
    encoding: { x, y },
    layer: [
      ...thresholdLayers(x, colours),
      ...(transform.ordinal ? pointLayers(looks, y, color) : lineLayers(looks, y, color, colours)),
      halfLayer(colours),
      ...cursorLayers(color, colours),
      labelLayer(right),
    ],
  };
}
