// Where the regions' texts stand on the picture: beside their regions, not over each other or other regions.

import { boundingBox } from './geometry.js';

const LONGEST = 28; // characters of a label

/** What a region's label says. */
export function labelText({ number, reading }) {
  if (!reading?.text) return `${number}`;
  const characters = [...reading.text];
  const text = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : reading.text;
  return `${number}  ${text}`;
}

/** What is left of it if there is no room. */
export function shortText({ number }) {
  return `${number}`;
}

/**
 * Boxes {left, top, width, height, short} for labels, one a polygon, all in the same units.
 *
 * Tried are places above, below and beside, near ones first; taken is the one that covers least, other labels least
 * of all. A label that would cover another is made short.
 *
 * @param widths and shorts of the labels, full and short.
 * @param bounds {left, top, right, bottom} that no label leaves.
 */
export function placeLabels(polygons, widths, shorts, height, bounds, gap) {
  const regions = polygons.map(boundingBox);
  const placed = [];
  regions.forEach((region, index) => {
    const others = regions.toSpliced(index, 1);
    const best = (width) => bestPlace(region, { width, height }, bounds, gap, placed, others);
    const full = best(widths[index]);
    const short = full.covered > 0 ? best(shorts[index]) : full;
    placed.push({ ...short.place, short: short !== full });
  });
  return placed;
}

function bestPlace(region, size, bounds, gap, labels, regions) {
  let best = null;
  candidates(region, size, gap).forEach((candidate, rank) => {
    const place = clamped(candidate, bounds);
    const over = (boxes) => boxes.reduce((sum, box) => sum + overlap(asBox(place), box), 0) / (size.width * size.height);
    const covered = over(labels.map(asBox));
    const cost = 8 * covered + over(regions) + 0.04 * rank;
    if (!best || cost < best.cost) best = { place, covered, cost };
  });
  return best;
}

function candidates({ left, top, right, bottom }, { width, height }, gap) {
  const rows = [0, 1, 2].flatMap((row) => {
    const [above, below] = [top - gap - height - row * (height + gap), bottom + gap + row * (height + gap)];
    return [[left, above], [left, below], [right - width, above], [right - width, below]];
  });
  const sides = [[right + gap, top], [left - width - gap, top]];
  return [...rows.slice(0, 4), ...sides, ...rows.slice(4)].map(([x, y]) => ({ left: x, top: y, width, height }));
}

function clamped({ left, top, width, height }, bounds) {
  return {
    left: Math.max(bounds.left, Math.min(left, bounds.right - width)),
    top: Math.max(bounds.top, Math.min(top, bounds.bottom - height)),
    width,
    height,
  };
}

function asBox({ left, top, width, height }) {
  return { left, top, right: left + width, bottom: top + height };
}

function overlap(one, other) {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return Math.max(width, 0) * Math.max(height, 0);
}
