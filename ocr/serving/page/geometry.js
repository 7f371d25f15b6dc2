// Points [x, y] and polygons [[x, y], ...] in pixels of the upright picture, as the server takes them.

/** The polygon around a whole picture, clockwise from the top left. */
export function wholePicture({ width, height }) {
  return rectangle([0, 0], [width, height]);
}

/** The rectangle between two opposite corners, clockwise from the top left, whichever corners they are. */
export function rectangle([ax, ay], [bx, by]) {
  const [left, right] = ax < bx ? [ax, bx] : [bx, ax];
  const [top, bottom] = ay < by ? [ay, by] : [by, ay];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** The nearest point inside the picture, in tenths of a pixel. */
export function inside([x, y], { width, height }) {
  const within = (value, most) => Math.round(10 * Math.min(Math.max(value, 0), most)) / 10;
  return [within(x, width), within(y, height)];
}

/** The polygon moved by (dx, dy), or as far as the picture's edges let it. */
export function moved(polygon, dx, dy, picture) {
  const box = boundingBox(polygon);
  const x = Math.min(Math.max(dx, -box.left), picture.width - box.right);
  const y = Math.min(Math.max(dy, -box.top), picture.height - box.bottom);
  return polygon.map((point) => inside([point[0] + x, point[1] + y], picture));
}

/** The smallest upright box around a polygon. */
export function boundingBox(polygon) {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return { left, top, right, bottom, width: right - left, height: bottom - top };
}

export function distance([ax, ay], [bx, by]) {
  return Math.hypot(ax - bx, ay - by);
}

/** The middle of the edge that begins at point `index`. */
export function edgeMiddle(polygon, index) {
  const [ax, ay] = polygon[index];
  const [bx, by] = polygon[(index + 1) % polygon.length];
  return [(ax + bx) / 2, (ay + by) / 2];
}

/** The index of the point at which the longest edge begins. */
export function longestEdge(polygon) {
  const lengths = polygon.map((point, index) => distance(point, polygon[(index + 1) % polygon.length]));
  return lengths.indexOf(Math.max(...lengths));
}

/** An affine matrix [[a, b, c], [d, e, f]] applied to a point. */
export function transformed([[a, b, c], [d, e, f]], [x, y]) {
  return [a * x + b * y + c, d * x + e * y + f];
}
