/** Linear RGB, each from 0 to 1. */
type Linear = readonly [number, number, number];
type Lab = readonly [l: number, a: number, b: number];

/** #rrggbb as linear light. */
export function linearOf(hex: string): Linear {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [r, g, b];
}

const applied = (rows: readonly Linear[], colour: Linear): Linear => {
  const [x, y, z] = rows.map((row) => row.reduce((sum, weight, i) => sum + weight * colour[i], 0));
  return [x, y, z];
};

/** What someone without the middle cones sees. Source: Machado, Oliveira and Fernandes 2009, severity 1. */
export function deuteranopic(colour: Linear): Linear {
  const seen = applied(
    [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    colour,
  );
  const [r, g, b] = seen.map((value) => Math.min(1, Math.max(0, value)));
  return [r, g, b];
}

/** CIELAB under D65. */
export function labOf(colour: Linear): Lab {
  const [x, y, z] = applied(
    [
      [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
    ],
    colour,
  ).map((value) => (value > 216 / 24_389 ? Math.cbrt(value) : ((24_389 / 27) * value + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const radians = Math.PI / 180;
const power = (chroma: number): number => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));
const hueOf = (b: number, a: number): number => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / radians + 360) % 360);

/** CIEDE2000, about 1 where a difference is just seen. Source: Sharma, Wu and Dalal 2005. */
export function colourDifference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  const g = 0.5 * (1 - power((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [ownA, otherA] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(ownA, b1), Math.hypot(otherA, b2)];
  const [h1, h2] = [hueOf(b1, ownA), hueOf(b2, otherA)];
  const isGrey = c1 * c2 === 0;
  const apart = Math.abs(h1 - h2) > 180;
  const turn = isGrey ? 0 : h2 - h1 - (apart ? 360 * Math.sign(h2 - h1) : 0);
  const sum = h1 + h2;
  const hue = isGrey ? sum : apart ? (sum + (sum < 360 ? 360 : -360)) / 2 : sum / 2;
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const cos = (degrees: number) => Math.cos(degrees * radians);
  const t = 1 - 0.17 * cos(hue - 30) + 0.24 * cos(2 * hue) + 0.32 * cos(3 * hue + 6) - 0.2 * cos(4 * hue - 63);
  const lightness = (l2 - l1) / (1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2));
  const chroma = (c2 - c1) / (1 + 0.045 * c);
  const hues = (2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * radians)) / (1 + 0.015 * c * t);
  const rotation = -2 * power(c) * Math.sin(60 * radians * Math.exp(-(((hue - 275) / 25) ** 2)));
  return Math.sqrt(lightness ** 2 + chroma ** 2 + hues ** 2 + rotation * chroma * hues);
}

/** WCAG's contrast of two colours. */
export function contrastOf(a: Linear, b: Linear): number {
  const [low, high] = [a, b].map(([r, g, blue]) => 0.2126 * r + 0.7152 * g + 0.0722 * blue).toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
