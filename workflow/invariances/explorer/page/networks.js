// The way in where there are many networks: a row each, found by name, sorted by any column.
function rounded(count) {
  const [unit, letter] = [[1e9, " G"], [1e6, " M"], [1e3, " k"]].find(([size]) => count >= size) ?? [1, ""];
  return plain(count / unit) + letter;
}

const rowOf = (model) => DATA.networks[MODELS.indexOf(model)];
const anyKnown = (key) => DATA.networks.some((row) => row[key] !== null);

// The share of a transform's range within the medians of all pictures, the mean of both directions.
function keptTogether(model, transform) {
  const { recognised, marks } = togetherOf(model, transform);
  if (!recognised) return null;
  return marks.reduce((sum, mark) => sum + kept(TRANSFORMS[transform], mark), 0) / marks.length;
}

// Columns by key: title, what they sort by, which end comes first, and what a network's cell holds.
const COLUMNS = [
  { key: "network", title: "Network", value: (model) => spaced(model).toLowerCase() },
  {
    key: "accuracy",
    title: "Accuracy",
    whole: "Accuracy untransformed",
    value: (model) => rowOf(model).accuracy,
    falling: true,
    cell: (model) => {
      const { accuracy, low, high } = rowOf(model);
      return make("td", { class: "number", title: `95 % interval ${three(low)} to ${three(high)}` }, accuracy.toFixed(2));
    },
  },
  {
    key: "parameters",
    title: "Parameters",
    value: (model) => rowOf(model).parameters,
    cell: (model) => numberCell(rowOf(model).parameters),
  },
  {
    key: "multiply_adds",
    title: "Multiply-adds",
    whole: "Multiply-adds of a picture",
    value: (model) => rowOf(model).multiply_adds,
    cell: (model) => numberCell(rowOf(model).multiply_adds, 1e9),
  },
  {
    key: "rank",
    title: "Rank",
    whole: "Rank over all transforms, with the ranks that it may have (95 %)",
    value: (model) => rowOf(model).rank?.[0] ?? null,
    cell: (model) => {
      const [rank, low, high] = rowOf(model).rank;
      const span = low === high ? "certain" : `${low} to ${high}`;
      return make("td", { class: "number" }, String(rank), make("small", {}, span));
    },
  },
  ...TRANSFORMS.map((transform, index) => ({
    key: `median ${transform.name}`,
    title: transform.label,
    value: (model) => keptTogether(model, index),
    falling: true,
    cell: (model) => medianCell(model, index),
  })),
].filter(({ key }) => !["parameters", "multiply_adds", "rank"].includes(key) || anyKnown(key));

const numberCell = (value, unit = 1) =>
  make("td", { class: "number" }, value === null ? "\u2013" : rounded(unit * value));

function medianCell(model, transform) {
  const entry = TRANSFORMS[transform],
    all = togetherOf(model, transform),
    said = togetherSentence(entry, all);
  return make(
    "td",
    {},
    make(
      "span",
      { class: "together", title: `${model}, ${entry.label}\n${said}`, "aria-hidden": "true" },
      all.recognised ? half(entry, all.marks) : nothing(),
    ),
    make("span", { class: "unseen" }, said),
  );
}

// The networks whose names hold every word that is looked for, in the order that is asked for.
function listedNetworks() {
  const words = place.find.toLowerCase().split(/[\s_]+/).filter(Boolean);
  const found = MODELS.filter((model) => words.every((word) => spaced(model).toLowerCase().includes(word)));
  const column = COLUMNS.find(({ key }) => key === place.sort);
  if (!column) return found;
  const sign = place.backwards ? -1 : 1;
  // What is not known comes last, in either order.
  return found.sort((one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (a < b ? -1 : a > b ? 1 : 0);
  });
}

function openNetwork(model) {
  go({ view: "thresholds", network: model, beside: null }, true);
  window.scrollTo(0, 0);
  document.querySelector("#thresholds .door[tabindex='0']").focus({ preventScroll: true });
}

function networkRow(model) {
  const there = { ...place, view: "thresholds", network: model, beside: null };
  const link = make("a", { class: "network", href: fragment(there), tabindex: -1 }, model);
  const row = make(
    "tr",
    {},
    make("th", { scope: "row" }, link),
    ...COLUMNS.slice(1).map((column) => column.cell(model)),
  );
  row.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openNetwork(model);
  });
  return row;
}

function columnHead(column) {
  const button = make("button", { type: "button", "data-sort": column.key, title: column.whole ?? column.title }, column.title);
  button.addEventListener("click", () => {
    const again = place.sort === column.key;
    go({ sort: column.key, backwards: again ? !place.backwards : Boolean(column.falling) }, true);
  });
  return make("th", { scope: "col" }, button);
}

// Arrow keys go from network to network; all of them are one stop of the tab key.
function moveInNetworks(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const links = [...event.currentTarget.querySelectorAll(".network")],
    from = links.indexOf(event.target);
  if (!step || from < 0) return;
  event.preventDefault();
  const to = links[from + step];
  if (!to) return;
  links[from].tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function buildNetworks(section) {
  const find = make("input", { type: "search", id: "find", autocomplete: "off", spellcheck: "false" });
  find.addEventListener("input", () => go({ find: find.value }));
  const table = make(
    "table",
    { class: "matrix networks" },
    make("caption", { class: "unseen" }, "Networks, with the medians of all pictures\u2019 own thresholds"),
    make("thead", {}, make("tr", {}, ...COLUMNS.map(columnHead))),
    make("tbody"),
  );
  table.style.minWidth = `${150 + 76 * (COLUMNS.length - 1)}px`;
  table.addEventListener("keydown", moveInNetworks);
  section.append(
    make("h2", { id: "networks-heading" }, `${MODELS.length} networks`),
    make(
      "p",
      {},
      "Of each transform the median of all pictures\u2019 own thresholds, upwards (\u25b4) and downwards (\u25be) from the identity, of the pictures recognised untransformed; with \u2265 or \u2264 (> or < where nothing lies between magnitudes) where half of them keep their prediction throughout. A column\u2019s title sorts by it, transforms by the share of the range that is kept. Choose a network to see its classes.",
    ),
    make("p", { class: "finding" }, make("label", { for: "find" }, "Find "), find, make("span", { role: "status" })),
    make("div", { class: "scroll", tabindex: -1 }, table),
  );
}

function renderNetworks(section) {
  if (!section.childElementCount) buildNetworks(section);
  const find = section.querySelector("#find");
  if (find.value !== place.find) find.value = place.find;
  const models = listedNetworks();
  section.querySelector("[role='status']").textContent =
    models.length === MODELS.length ? "" : `${models.length} of ${MODELS.length} networks`;
  for (const head of section.querySelectorAll("thead th")) {
    const sorted = head.firstChild.dataset.sort === place.sort;
    if (sorted) head.setAttribute("aria-sort", place.backwards ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  section.querySelector("tbody").replaceChildren(...models.map(networkRow));
  const first = section.querySelector(".network");
  if (first) first.tabIndex = 0;
}
