// Where the model looked for a character, as a heat map over the picture.

const VEIL = 'rgba(10, 10, 20, 0.35)'; // over the picture, so that the heat stands out on bright paper too
const STRONGEST = 0.66; // opacity of the heat at its peak: what is read there stays visible
const LARGEST_SIDE = 2048; // pixels of the canvas; a heat map has no detail to lose
const COLOURS = [[88, 28, 135], [219, 39, 87], [251, 146, 30], [255, 242, 120]]; // cold to hot, also by lightness

const painted = new Map(); // data URL of a map -> promise of its coloured canvas
const MOST_PAINTED = 500;
let wanted = null; // the map that is to be shown last

/**
 * Draw a map, or clear the canvas if it is null.
 *
 * @param map data URL of a grey PNG, a pixel a cell.
 * @param toImage affine matrix: a point of the map, cell i covers [i, i + 1) -> a point of the picture.
 * @param scale screen pixels for a pixel of the picture.
 */
export async function showHeat(canvas, picture, map, toImage, scale) {
  wanted = map;
  canvas.hidden = map === null;
  canvas.dataset.shown = false;
  if (map === null) return;
  const cells = await coloured(map);
  if (wanted !== map) return; // another character was pointed at in the meantime
  const { width, height } = picture;
  const sharp = Math.min(scale * devicePixelRatio, LARGEST_SIDE / Math.max(width, height));
  canvas.width = Math.ceil(width * sharp);
  canvas.height = Math.ceil(height * sharp);
  const context = canvas.getContext('2d');
  context.fillStyle = VEIL;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const [[a, b, c], [d, e, f]] = toImage;
  context.setTransform(sharp * a, sharp * d, sharp * b, sharp * e, sharp * c, sharp * f);
  context.imageSmoothingQuality = 'high';
  context.drawImage(cells, 0, 0);
  canvas.dataset.shown = true;
}

function coloured(map) {
  if (!painted.has(map)) {
    if (painted.size >= MOST_PAINTED) painted.clear();
    painted.set(map, paint(map));
  }
  return painted.get(map);
}

/** The map in colours, one pixel a cell, cold cells transparent; scaled so that the strongest is hot. */
async function paint(map) {
  const image = new Image();
  image.src = map;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const cells = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = cells;
  let strongest = 1;
  for (let at = 0; at < data.length; at += 4) strongest = Math.max(strongest, data[at]);
  for (let at = 0; at < data.length; at += 4) {
    const heat = data[at] / strongest;
    data.set(colour(heat), at);
    data[at + 3] = 255 * STRONGEST * Math.min(1, 1.6 * heat);
  }
  context.putImageData(cells, 0, 0);
  return canvas;
}

function colour(heat) {
  const place = heat * (COLOURS.length - 1);
  const below = Math.min(Math.floor(place), COLOURS.length - 2);
  return COLOURS[below].map((cold, channel) => cold + (place - below) * (COLOURS[below + 1][channel] - cold));
}
