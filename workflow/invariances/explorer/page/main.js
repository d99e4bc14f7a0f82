// Choices, views, and what brings them up to date.
const choices = Object.fromEntries(
  ["network", "beside", "transform", "class", "example", "measure", "combined", "steered", "shown"].map((id) => [
    id,
    document.getElementById(id),
  ]),
);
const option = (value, text) => make("option", { value }, text);

function fill(select, texts) {
  const key = JSON.stringify(texts);
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  select.replaceChildren(...texts.map((text, index) => option(index, text)));
}

function renderChoices() {
  fill(choices.network, MODELS);
  fill(choices.beside, ["\u2013", ...MODELS]);
  fill(
    choices.transform,
    TRANSFORMS.map((transform) => transform.label),
  );
  fill(choices.class, DATA.classes.map(label));
  choices.network.value = MODELS.indexOf(place.network);
  choices.beside.value = place.beside ? MODELS.indexOf(place.beside) + 1 : 0;
  choices.transform.value = place.transform;
  choices.class.value = place.class;
  fill(choices.example, DATA.shown[place.class]);
  choices.example.value = place.example;
  fill(
    choices.combined,
    DATA.combined.map((combined) => combined.label),
  );
  choices.combined.value = place.combined;
  fill(choices.measure, MEASURES.map(capital));
  choices.measure.value = place.measure;
  if (LEARNERS.length) {
    const square = squareOf(place);
    fill(
      choices.steered,
      square.kinds.map((kind) => `${kind.label} (${kind.steered})`),
    );
    fill(choices.shown, square.classes.map(spaced));
    choices.steered.value = place.steered;
    choices.shown.value = place.shown;
  }
  for (const element of document.querySelectorAll("[data-for]"))
    element.hidden = !element.dataset.for.split(" ").includes(place.view);
  document.getElementById("choices").hidden = place.view === "networks";
  if (DATA.shown[place.class].length < 2) choices.example.closest("label").hidden = true;
  if (MODELS.length < 2) choices.beside.closest("label").hidden = true;
  for (const link of document.querySelectorAll("[data-view]")) {
    link.hidden = !HERE[link.dataset.view];
    if (!link.hidden) link.href = fragment({ ...place, view: link.dataset.view });
    if (link.dataset.view === place.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

const RENDER = {
  networks: renderNetworks,
  thresholds: renderMatrix,
  curve: renderCell,
  layers: renderLayers,
  worst: renderWorst,
  learned: renderLearned,
};

function render() {
  renderChoices();
  for (const view of VIEWS) document.getElementById(view).hidden = view !== place.view;
  const section = document.getElementById(place.view);
  RENDER[place.view](section);
}

function open() {
  const { found, unknown } = understood(window.location.hash);
  Object.assign(place, found);
  document.getElementById("notice").textContent = unknown.length
    ? `This run has no ${unknown.join(", no ")}.`
    : "";
  settle();
  render();
}

function start() {
  document.getElementById("run").textContent = DATA.run;
  choices.network.addEventListener("change", () =>
    go({ network: MODELS[choices.network.value] }, true),
  );
  choices.beside.addEventListener("change", () =>
    go({ beside: MODELS[choices.beside.value - 1] ?? null }, true),
  );
  for (const key of ["transform", "class", "example", "measure", "combined", "steered", "shown"])
    choices[key].addEventListener("change", () => go({ [key]: Number(choices[key].value) }, true));
  for (const link of document.querySelectorAll("[data-view]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go({ view: link.dataset.view }, true);
    });
  }
  window.addEventListener("hashchange", open);
  window.addEventListener("popstate", open);
  DARK.addEventListener("change", () => {
    delete document.getElementById("thresholds").dataset.key;
    render();
  });
  let width = 0;
  new ResizeObserver(() => {
    if (document.body.clientWidth !== width) render();
    width = document.body.clientWidth;
  }).observe(document.body);
  open();
}

start();
