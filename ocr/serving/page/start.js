// How a picture gets in: dropped anywhere, pasted, chosen, or one of the samples.

import { Refusal } from './api.js';
import { number, say, size } from './texts.js';

const byId = (id) => document.getElementById(id);

/** @param take called with a file and its name; @param fail called with a Refusal. */
export function listenForPictures(take, fail) {
  const input = byId('file');
  byId('choose').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const [file] = input.files;
    if (file) take(file, file.name);
    input.value = ''; // the same file can be chosen again
  });
  listenForDrops(take);
  document.addEventListener('paste', (event) => {
    if (event.target.closest?.('input, textarea')) return;
    event.preventDefault();
    const [file] = event.clipboardData.files;
    if (file) take(file, file.name);
    else fail(new Refusal('nothing_pasted'));
  });
}

function listenForDrops(take) {
  const root = document.documentElement;
  let depth = 0; // of the elements that the pointer is over while it drags
  const over = (change) => {
    depth = Math.max(0, depth + change);
    root.classList.toggle('dropping', depth > 0);
  };
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  root.addEventListener('dragenter', (event) => hasFiles(event) && over(1));
  root.addEventListener('dragleave', (event) => hasFiles(event) && over(-1));
  root.addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault());
  root.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(-depth);
    const [file] = event.dataTransfer.files;
    if (file) take(file, file.name);
  });
}

/** The samples as buttons; `choose` is called with one. */
export function showSamples(samples, choose) {
  const items = samples.map((sample, index) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const image = document.createElement('img');
    button.type = 'button';
    button.dataset.sample = index + 1;
    image.src = sample.url;
    image.alt = say('sample', { number: index + 1 });
    button.append(image);
    button.addEventListener('click', () => choose(sample));
    item.append(button);
    return item;
  });
  byId('samples').replaceChildren(...items);
  byId('sample-part').hidden = items.length === 0;
}

/** Whether a file is a video, as its type or its name says. */
export function isVideo(blob, name) {
  return blob.type.startsWith('video/') || /\.(mp4|m4v|mov|webm|mkv|avi)$/i.test(name);
}

/** The video in a file: {name, blob, url}; raises Refusal if the server does not take it. */
export function openVideo(blob, name, model) {
  if (!model.detector) throw new Refusal('no_video', { name });
  const most = model.limits.max_video_bytes;
  if (blob.size > most) throw new Refusal('video_file_too_large', { name, size: size(blob.size), limit: size(most) });
  return { name, blob, url: URL.createObjectURL(blob) };
}

/** The picture in a file: {name, blob, url, width, height}, upright; raises Refusal if it is none. */
export async function openPicture(blob, name, limits) {
  if (limits && blob.size > limits.max_bytes) {
    throw new Refusal('file_too_large', { name, size: size(blob.size), limit: size(limits.max_bytes) });
  }
  const url = URL.createObjectURL(blob);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    if (!image.naturalWidth) throw new Error('a drawing without a size');
  } catch {
    URL.revokeObjectURL(url);
    throw new Refusal('not_a_picture', { name });
  }
  const { naturalWidth: width, naturalHeight: height } = image; // upright: the browser turns it as its EXIF says
  if (limits && width * height > limits.max_pixels) {
    URL.revokeObjectURL(url);
    const [pixels, limit] = [width * height, limits.max_pixels].map((count) => number(count / 1e6, 1));
    throw new Refusal('picture_too_large', { name, size: pixels, limit });
  }
  return { name, blob, url, width, height };
}
