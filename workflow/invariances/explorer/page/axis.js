// The axis of a transform's magnitude: its title, ticks and scale.

// The axis' title, its unit on a line of its own where both are wider than the plot.
function axisTitle(transform, width) {
  if (!transform.unit || isDegrees(transform)) return transform.label;
  const whole = `${transform.label} (${transform.unit})`;
  return wide(whole) <= width ? whole : [transform.label, `(${transform.unit})`];
}

// Octaves of factors, points of an ordinal axis, even parts of a turn; elsewhere Vega chooses.
function ticks(transform, width) {
  const ends = transform.magnitudes,
    low = ends[0],
    high = ends[ends.length - 1],
    most = Math.max(3, Math.floor(width / 55));
  const spaced = (step, from, to) =>
    Array.from(
      { length: Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1 },
      (_, i) => (Math.ceil(from / step - 1e-9) + i) * step,
    );
  if (transform.log) {
    const step =
      [1, 2, 3, 4, 8].find((s) => spaced(s, Math.log2(low), Math.log2(high)).length <= most) ?? 8;
    return spaced(step, Math.log2(low), Math.log2(high)).map((exponent) => 2 ** exponent);
  }
  if (transform.ordinal) {
    const every = Math.ceil(ends.length / most);
    return ends.filter((_, i) => i % every === 0);
  }
  if (!isDegrees(transform)) return null;
  const step = [10, 15, 30, 45, 90, 180].find((s) => spaced(s, low, high).length <= most) ?? 180;
  return spaced(step, low, high);
}

function magnitudeAxis(transform, width, outer) {
  const values = ticks(transform, width),
    ends = transform.magnitudes;
  return {
    field: "magnitude",
    type: "quantitative",
    title: axisTitle(transform, width),
    scale: {
      type: transform.log ? "log" : "linear",
      ...(transform.log ? { base: 2 } : {}),
      domain: [ends[0], ends[ends.length - 1]],
      nice: false,
    },
    axis: {
      grid: false,
      labelOverlap: "greedy",
      labelFlush: false,
      titleLimit: outer - 50,
      format: ".4~g",
      ...(values ? { values } : { tickCount: Math.max(4, Math.floor(width / 60)) }),
      labelExpr: transform.log
        ? "datum.value < 1 ? '1/' + round(1 / datum.value) : datum.label"
        : isDegrees(transform)
          ? "datum.label + '\u00b0'"
          : "datum.label",
    },
  };
}
