/** Attention is painted by its square root, so that a tenth can be told from nothing. */
const opacityOf = (attention: number): number => Math.round(255 * Math.sqrt(Math.min(1, Math.abs(attention))));

type Colour = readonly [red: number, green: number, blue: number];

/** A pattern [destination, source] as RGBA pixels, a colour for each sign, by opacity; what lies after a destination is clear. */
export function patternPixels(pattern: Float32Array, positive: Colour, negative: Colour = positive) {
  const pixels = new Uint8ClampedArray(pattern.length * 4);
  pattern.forEach((attention, i) => {
    const [red, green, blue] = attention < 0 ? negative : positive;
    pixels[4 * i] = red;
    pixels[4 * i + 1] = green;
    pixels[4 * i + 2] = blue;
    pixels[4 * i + 3] = opacityOf(attention);
  });
  return pixels;
}

/** Paints on a canvas of a pixel an entry: in the canvas's own text colour, and what is below zero in that of its outline. */
export function paintPattern(canvas: HTMLCanvasElement, pattern: Float32Array, length: number): void {
  canvas.width = length;
  canvas.height = length;
  const context = canvas.getContext('2d');
  if (!context) return;
  const { color, outlineColor } = getComputedStyle(canvas);
  const pixels = patternPixels(pattern, colourOf(color), colourOf(outlineColor));
  context.putImageData(new ImageData(pixels, length, length), 0, 0);
}

function colourOf(css: string): Colour {
  const [red = 0, green = 0, blue = 0] = css.match(/[\d.]+/g)?.map(Number) ?? [];
  return [red, green, blue];
}
