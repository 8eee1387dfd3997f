/** Attention is painted by its square root, so that a tenth can be told from nothing. */
const opacityOf = (attention: number): number => Math.round(255 * Math.sqrt(Math.min(1, Math.max(0, attention))));

/** A pattern [destination, source] as RGBA pixels of one colour, by opacity; what lies after a destination is clear. */
export function patternPixels(pattern: Float32Array, [red, green, blue]: readonly [number, number, number]) {
  const pixels = new Uint8ClampedArray(pattern.length * 4);
  pattern.forEach((attention, i) => {
    pixels[4 * i] = red;
    pixels[4 * i + 1] = green;
    pixels[4 * i + 2] = blue;
    pixels[4 * i + 3] = opacityOf(attention);
  });
  return pixels;
}

/** Paints on a canvas of a pixel an entry, in the canvas's own text colour. */
export function paintPattern(canvas: HTMLCanvasElement, pattern: Float32Array, length: number): void {
  canvas.width = length;
  canvas.height = length;
  const context = canvas.getContext('2d');
  if (!context) return;
  const pixels = patternPixels(pattern, colorOf(canvas));
  context.putImageData(new ImageData(pixels, length, length), 0, 0);
}

function colorOf(element: Element): readonly [number, number, number] {
  const [red = 0, green = 0, blue = 0] =
    getComputedStyle(element)
      .color.match(/[\d.]+/g)
      ?.map(Number) ?? [];
  return [red, green, blue];
}
