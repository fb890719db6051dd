// Draws Vega-Lite specifications that stand in the page as JSON, in the colors of the reader's theme, without eval.
import { expressionInterpreter } from "../vendor/vega/vega-interpreter.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The same names as boards/chart_style.py: there the values of paper, here those of the theme.
function config() {
  const [ink, quiet, rule, edge, accent, paper, line] = [
    "--ink", "--quiet", "--rule", "--edge", "--accent", "--paper", "--spark",
  ].map(token);
  const [better, worse, other, missed] = ["--spc-better", "--spc-worse", "--spc-other", "--missed"].map(token);
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8125;
  return {
    font: getComputedStyle(document.body).fontFamily,
    background: "transparent",
    view: { stroke: null },
    axis: {
      labelColor: quiet, titleColor: quiet, labelFontSize: size, titleFontSize: size, titleFontWeight: 400,
      domainColor: edge, tickColor: edge, gridColor: rule, gridOpacity: 0.6,
    },
    title: { color: ink, fontSize: size * 1.2, fontWeight: 600, anchor: "start" },
    header: { labelColor: ink, labelFontSize: size, titleColor: quiet },
    style: {
      series: { color: line, strokeWidth: 1.75, strokeJoin: "round" },
      usual: { color: line, shape: "circle", size: 22 },
      better: { color: better, stroke: paper, strokeWidth: 1, shape: "circle", size: 90 },
      worse: { color: worse, stroke: paper, strokeWidth: 1, shape: "diamond", size: 120 },
      unusual: { color: other, stroke: paper, strokeWidth: 1, shape: "square", size: 80 },
      mean: { color: quiet, strokeWidth: 1.25 },
      limit: { color: edge, strokeWidth: 1.25, strokeDash: [6, 5] },
      target: { color: accent, strokeWidth: 1.75, strokeDash: [1, 4], strokeCap: "round" },
      note: { color: quiet, strokeWidth: 1, strokeDash: [2, 2] },
      label: { color: quiet, fontSize: size },
      halo: { color: paper, stroke: paper, strokeWidth: 5, strokeJoin: "round", fontSize: size },
      "target-label": { color: accent, fontSize: size, fontWeight: 600 },
      interval: { color: line, strokeWidth: 2 },
      dot: { color: ink, size: 90 },
      reference: { color: paper, stroke: ink, strokeWidth: 2, size: 90 },
      "fares-worse": { color: missed, shape: "diamond", size: 130 },
      gap: { color: other, strokeWidth: 3 },
    },
  };
}

// Months, days and number separators in the language of the page, from the browser's own tables.
function locales(language) {
  const named = (options, dates) => dates.map((date) => new Intl.DateTimeFormat(language, options).format(date));
  const months = Array.from({ length: 12 }, (_, month) => new Date(2026, month, 15));
  const days = Array.from({ length: 7 }, (_, day) => new Date(2026, 1, 1 + day)); // 1 February 2026 is a Sunday
  const part = (type) => new Intl.NumberFormat(language).formatToParts(1234567.8).find((one) => one.type === type)?.value;
  return {
    formatLocale: { decimal: part("decimal") ?? ".", thousands: part("group") ?? ",", grouping: [3], currency: ["", ""] },
    timeFormatLocale: {
      dateTime: "%x %X",
      date: "%Y-%m-%d",
      time: "%H:%M",
      periods: ["AM", "PM"],
      days: named({ weekday: "long" }, days),
      shortDays: named({ weekday: "short" }, days),
      months: named({ month: "long" }, months),
      shortMonths: named({ month: "short" }, months),
    },
  };
}

// On a phone the labels at the ends of the lines move to the left onto the lines, each on a patch of paper, and long
// names are cut, so that the drawing keeps the width.
function narrow(spec) {
  const moved = [];
  for (const layer of spec.layer ?? []) {
    if (layer.mark?.type === "text" && layer.encoding?.x?.value === "width") {
      layer.encoding.x.value = 0;
      Object.assign(layer.mark, { baseline: "bottom", dx: 4, dy: -2 });
      moved.push({ ...layer, mark: { ...layer.mark, style: "halo" } });
    }
    if (layer.encoding?.y?.axis?.labelLimit) layer.encoding.y.axis.labelLimit = 120;
  }
  const labels = new Set(moved.map((halo) => halo.encoding));
  const others = (spec.layer ?? []).filter((layer) => !labels.has(layer.encoding));
  const last = (spec.layer ?? []).filter((layer) => labels.has(layer.encoding));
  return spec.layer ? { ...spec, layer: [...others, ...moved, ...last] } : spec;
}

async function draw(figure) {
  let spec = JSON.parse(document.getElementById(figure.dataset.spec).textContent);
  const place = figure.querySelector("[data-draw]");
  if (place.clientWidth < 600) spec = narrow(spec);
  try {
    const { view } = await globalThis.vegaEmbed(place, { ...spec, config: {} }, {
      mode: "vega-lite",
      ast: true,
      expr: expressionInterpreter,
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      config: config(),
      ...locales(document.documentElement.lang),
      tooltip: { disableDefaultStyle: true },
    });
    figure.vegaView = view;
    // The place around it says what it shows; marks without a name of their own would only be noise.
    if (place.getAttribute("role") === "img") place.querySelector("svg")?.setAttribute("aria-hidden", "true");
    figure.classList.add("is-drawn");
  } catch {
    // Whatever stops the script, the drawing from the server says the same.
    if (figure.dataset.fallback) {
      const image = new Image();
      image.src = figure.dataset.fallback;
      image.alt = figure.dataset.label || "";
      place.replaceChildren(image);
    }
  }
}

const all = () => Promise.all([...document.querySelectorAll("figure[data-spec]")].map(draw));
await document.fonts.ready;
await all();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
new MutationObserver(all).observe(document.documentElement, { attributeFilter: ["data-theme", "data-contrast"] });
// Parts of a page that come later bring their drawings with them.
document.addEventListener("htmx:afterSettle", (event) => {
  for (const figure of event.detail.elt.querySelectorAll("figure[data-spec]")) if (!figure.vegaView) draw(figure);
});
