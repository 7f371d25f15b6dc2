// What a person takes along: text, JSON, and the picture with what was read on it.

import { Refusal } from './api.js';
import { labelText, placeLabels, shortText } from './labels.js';
import { WHOLE } from './sheet.js';

const SMALLEST_WIDTH = 800; // a smaller picture is enlarged, so that its labels can be read
const LARGEST_SCALE = 4;
const MOST_PIXELS = 16e6; // more than this some browsers cannot draw
const FONT = '"Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "PingFang SC", "Microsoft YaHei", sans-serif';
const OUTLINE = '#19e3ff';
const HALO = 'rgba(0, 0, 0, 0.75)';

/** Raises Refusal if the browser forbids it. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text)) throw new Refusal('copy');
  }
}

/** The way of pages that do not come over https or from this machine. */
function copyBySelection(text) {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus();
  return done;
}

/** What was read as the server told it, without the attention maps; regions not read yet are left out. */
export function toJson({ picture, entries, timings }, model) {
  const { name, width, height } = picture;
  const regions = entries
    .filter(({ reading }) => reading)
    .map(({ reading }) => Object.fromEntries(Object.entries(reading).filter(([key]) => key !== 'attention')));
  return JSON.stringify({ image: { name, width, height }, regions, timings, model }, null, 2);
}

/** A PNG of the picture with outlines and texts; raises Refusal if the browser cannot. */
export async function toPng({ picture, entries, regions }, image) {
  const read = entries.filter(({ reading }) => reading);
  const { width, height } = picture;
  const room = Math.sqrt(MOST_PIXELS / (width * height));
  const scale = Math.min(Math.max(SMALLEST_WIDTH / width, 1), LARGEST_SCALE, room);
  const line = Math.max(18, Math.round((Math.max(width, height) * scale) / 40));
  const whole = { left: 0, top: 0, width: Math.round(width * scale), height: Math.round(height * scale) };
  const polygons = read.map(({ polygon }) => polygon.map(([x, y]) => [x * scale, y * scale]));
  const labels = layLabels(read, polygons, whole, line);
  const canvas = document.createElement('canvas');
  const context = spread(canvas, [whole, ...labels]);
  context.drawImage(image, 0, 0, whole.width, whole.height);
  if (regions.length) polygons.forEach((polygon) => outline(context, polygon, line / 8));
  labels.forEach((label) => write(context, label, line));
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Refusal('save');
  return blob;
}

function outline(context, polygon, thickness) {
  context.beginPath();
  polygon.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
  context.lineJoin = 'round';
  for (const [colour, width] of [[HALO, 2.2 * thickness], [OUTLINE, thickness]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** Where the texts stand, {text, left, top, width, height}; a line may stick out of the picture. */
function layLabels(entries, polygons, { width, height }, line) {
  const context = document.createElement('canvas').getContext('2d');
  context.font = fontOf(line);
  const texts = entries.map((entry) => (entry.id === WHOLE ? entry.reading.text : labelText(entry)));
  const shorts = entries.map(shortText);
  const widths = (written) => written.map((text) => Math.ceil(context.measureText(text).width) + line);
  const room = 1.7 * line;
  const bounds = { left: -room, top: -room, right: width + room, bottom: height + room };
  const places = placeLabels(polygons, widths(texts), widths(shorts), 1.5 * line, bounds, line / 5);
  const text = (index, short) => (short ? shorts : texts)[index];
  return places.map((place, index) => ({ ...place, text: text(index, place.short) })).filter((label) => label.text);
}

/** Make a canvas as large as all boxes together, white; its context counts from the picture's corner. */
function spread(canvas, boxes) {
  const left = Math.floor(Math.min(...boxes.map((box) => box.left)));
  const top = Math.floor(Math.min(...boxes.map((box) => box.top)));
  canvas.width = Math.ceil(Math.max(...boxes.map((box) => box.left + box.width))) - left;
  canvas.height = Math.ceil(Math.max(...boxes.map((box) => box.top + box.height))) - top;
  const context = canvas.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(-left, -top);
  context.imageSmoothingQuality = 'high';
  return context;
}

function write(context, { text, left, top, width, height }, line) {
  context.font = fontOf(line);
  context.textBaseline = 'middle';
  context.fillStyle = 'rgba(18, 20, 22, 0.9)';
  context.beginPath();
  context.roundRect(left, top, width, height, line / 4);
  context.fill();
  context.fillStyle = '#ffffff';
  context.fillText(text, left + line / 2, top + height / 2 + line / 20);
}

function fontOf(line) {
  return `600 ${line}px ${FONT}`;
}

/** Hand a file to the browser to save. */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60e3);
}
