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

/**
 * Boxes {left, top, width, height} for labels of `sizes`, one a polygon, all in the same units.
 *
 * Tried are above, below and beside; taken is the first place that covers nothing, or the one that covers least.
 *
 * @param bounds {left, top, right, bottom} that no label leaves.
 */
export function placeLabels(polygons, sizes, bounds, gap) {
  const regions = polygons.map(boundingBox);
  const placed = [];
  regions.forEach((region, index) => {
    const others = [...regions.toSpliced(index, 1), ...placed.map(asBox)];
    const places = candidates(region, sizes[index], gap).map((place) => clamped(place, bounds));
    const covered = places.map((place) => others.reduce((sum, other) => sum + overlap(asBox(place), other), 0));
    placed.push(places[covered.indexOf(Math.min(...covered))]);
  });
  return placed;
}

function candidates({ left, top, right, bottom }, { width, height }, gap) {
  return [
    [left, top - height - gap],
    [left, bottom + gap],
    [right - width, top - height - gap],
    [right - width, bottom + gap],
    [right + gap, top],
    [left - width - gap, top],
  ].map(([x, y]) => ({ left: x, top: y, width, height }));
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
