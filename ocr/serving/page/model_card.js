// What reads here: the model, and how long it took for this picture.

import { number, say, size } from './texts.js';

const byId = (id) => document.getElementById(id);

/** @param timings of the last reading, null where nothing was read yet; undefined leaves the line out. */
export function showModel(model, timings) {
  byId('model').hidden = !model;
  if (!model) return;
  const { charset } = model;
  const lines = [
    ['model_name', model.file],
    ['model_reads', say('model_reads_value', { count: number(charset.num_characters), name: charset.name, steps: model.num_steps && model.num_steps - 1 })],
    ['model_canvas', say(`model_canvas_${model.canvas}`, { side: model.canvas_side })],
    ['model_size', size(model.size_bytes)],
    ...(model.detector ? [['model_finds', model.detector.name, size(model.detector.size_bytes)]] : []),
    ['model_precision', model.precision],
    ...(timings === undefined ? [] : [['model_time', ...time(timings)]]),
  ];
  byId('model-card').replaceChildren(...lines.map((line) => entry(...line)));
  byId('model-characters').textContent = [...charset.characters].map((one) => (one === ' ' ? '␣' : one)).join(' ');
}

function time(timings) {
  if (!timings) return [say('model_time_none')];
  const [total, decode, queue, read] = ['total', 'decode', 'queue', 'read'].map((one) => number(timings[`${one}_ms`]));
  const finding = timings.detect_ms === undefined ? '' : say('model_time_detect', { detect: number(timings.detect_ms) });
  return [say('model_time_value', { total }), say('model_time_parts', { decode, finding, queue, read })];
}

function entry(key, value, detail) {
  const group = document.createElement('div');
  const [term, description] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = say(key);
  description.textContent = value;
  if (detail) {
    const small = document.createElement('small');
    small.textContent = detail;
    description.append(small);
  }
  group.append(term, description);
  return group;
}
