// Colours: of the page, from its style; of the matrix; and of lines, made readable on either ground.
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    soft: read("--soft"),
    line: read("--line"),
    ground: read("--panel"),
    accent: read("--accent"),
    wrong: read("--wrong"),
    right: read("--right"),
  };
}

// Cividis (Nuñez and others 2018): from dark blue to yellow, even in lightness, for every eye alike.
const CIVIDIS = [
  "#00224e",
  "#123570",
  "#3b496c",
  "#575d6d",
  "#707173",
  "#8a8678",
  "#a59c74",
  "#c3b369",
  "#e1cc55",
  "#fee838",
].map(channels);

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// Ground and ink of a share in [0, 1].
function shade(share) {
  const place = Math.max(0, Math.min(1, share)) * (CIVIDIS.length - 1),
    low = Math.min(Math.floor(place), CIVIDIS.length - 2);
  const rgb = CIVIDIS[low].map((c, i) => Math.round(c + (place - low) * (CIVIDIS[low + 1][i] - c)));
  const white = contrast(rgb, [255, 255, 255]) > contrast(rgb, [0, 0, 0]);
  return { ground: `rgb(${rgb.join(" ")})`, ink: white ? "#fff" : "#000" };
}

// The colour, moved towards the ink until it stands out from the ground by `least` (WCAG 2.1).
function visible(hex, least = 3) {
  const ground = channels(DARK.matches ? "#16191d" : "#ffffff"),
    ink = DARK.matches ? 255 : 0;
  let rgb = channels(hex);
  while (contrast(rgb, ground) < least) rgb = rgb.map((c) => c + 0.08 * (ink - c));
  return `rgb(${rgb.map(Math.round).join(",")})`;
}
