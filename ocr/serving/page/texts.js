// The page's language: the browser's, or the one switched to.

import english from './text_en.js';
import chinese from './text_zh.js';

const LANGUAGES = { en: english, zh: chinese };
const KEPT = 'language';

let language = kept() ?? (navigator.languages.find((one) => LANGUAGES[one.slice(0, 2)]) ?? 'en').slice(0, 2);

/** A text in the page's language; `values` fill its {names}, or are given to it if it is a function. */
export function say(key, values = {}) {
  const text = LANGUAGES[language][key];
  if (typeof text === 'function') return text(values);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function knows(key) {
  return key in LANGUAGES[language];
}

export function switchLanguage() {
  language = language === 'en' ? 'zh' : 'en';
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // without storage the choice lasts as long as the page
  }
}

/** Write the texts of all elements that name one: data-text, and data-label for what a screen reader says. */
export function writeTexts(root = document) {
  document.documentElement.lang = say('lang');
  document.title = say('title');
  for (const element of root.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text);
  for (const element of root.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', say(element.dataset.label));
    if (element.matches('button')) element.title = say(element.dataset.label);
  }
}

export function number(value, digits = 0) {
  return value.toLocaleString(say('lang'), { maximumFractionDigits: digits });
}

/** A share as per cent: whole ones, and never a rounded 0 or 100 for what is neither. */
export function percent(share) {
  const rounded = Math.round(100 * share);
  if (rounded === 0 && share > 0) return '<1 %';
  if (rounded === 100 && share < 0.9999) return '>99 %';
  return `${rounded} %`;
}

/** A time in a video: 1:02.5, or 1:00:02.5 from an hour on. */
export function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  const [hours, minutes] = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60];
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A size in bytes in the unit that suits it. */
export function size(bytes) {
  const [unit, value] = bytes < 1e6 ? ['kB', bytes / 1e3] : ['MB', bytes / 1e6];
  return `${number(value, value < 10 ? 1 : 0)} ${unit}`;
}

function kept() {
  try {
    const one = localStorage.getItem(KEPT);
    return one in LANGUAGES ? one : null;
  } catch {
    return null;
  }
}
