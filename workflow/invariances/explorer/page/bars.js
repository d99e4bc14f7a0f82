// One cell's softmax at one magnitude as bars: a specification for Vega-Lite.
const BARS = DATA.bars;

// The lines, of those of a cell, that are shown as bars at a magnitude: the class's own, then the strongest.
function strongest(cell, at) {
  // Where it is not among the strongest a line has no number.
  const value = (line) => cell.softmax[line][0][at] ?? -1;
  const own = cell.names.indexOf(cell.own);
  const rest = [...cell.names.keys()]
    .filter((line) => line !== own)
    .sort((a, b) => value(b) - value(a));
  return [...(own < 0 ? [] : [own]), ...rest].slice(0, BARS);
}

function barsOf(cell, at) {
  return strongest(cell, at).map((line, order) => {
    const [value, low, high] = cell.softmax[line].map((values) => values[at] ?? 0);
    return {
      category: cell.names[line],
      name: CATEGORIES[cell.names[line]].short,
      order,
      value,
      low,
      high,
      text: three(value),
    };
  });
}

function barsSpecification(cell, title, outer) {
  const colours = themeColours(),
    names = cell.names.map((category) => CATEGORIES[category].short);
  const left = Math.min(150, Math.max(...names.map(wide)) + 10);
  const width = Math.max(80, outer - left - 50);
  const colour = (_, line) =>
    line < cell.lines.length ? visible(DATA.looks[cell.lines[line][1]].colour) : colours.soft;
  // Which category stands in a row changes with the magnitude: its name is a mark, not an axis' label.
  const y = { field: "order", type: "ordinal", axis: null };
  const x = {
    field: "value",
    type: "quantitative",
    title: "Mean softmax",
    scale: { domain: [0, 1] },
    axis: { values: [0, 0.5, 1], format: ".1~f", grid: false },
  };
  return {
    description: title,
    width,
    height: 24 * BARS,
    padding: { left, right: 44, top: 4, bottom: 36 },
    autosize: { type: "none" },
    data: { name: "bars", values: barsOf(cell, 0) },
    encoding: { y },
    layer: [
      {
        mark: { type: "bar", height: 15, opacity: 0.6, aria: false },
        encoding: {
          x,
          color: {
            field: "category",
            type: "nominal",
            legend: null,
            scale: { domain: cell.names, range: cell.names.map(colour) },
          },
        },
      },
      {
        mark: { type: "rule", color: colours.ink, strokeWidth: 1, aria: false },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" } },
      },
      {
        mark: { type: "text", align: "left", dx: 6, fontSize: 12, color: colours.ink, clip: false },
        encoding: { x: { ...x, field: "high" }, text: { field: "text" } },
      },
      {
        mark: {
          type: "text",
          align: "right",
          dx: -6,
          fontSize: 12,
          color: colours.soft,
          limit: left - 6,
          clip: false,
          description: "category",
        },
        encoding: { x: { value: 0 }, text: { field: "name" } },
      },
    ],
  };
}
