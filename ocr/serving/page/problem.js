// What went wrong, in plain words, until it is closed or something else is tried.

import { iconOf } from './characters.js';
import { knows, say } from './texts.js';

// What may be over when it is tried again.
const PASSING = new Set(
  ['unreachable', 'server', 'internal_error', 'locked', 'queue_full', 'timeout', 'upload_too_slow', 'stopping'],
);

const box = document.getElementById('problem');

/** @param again called when the person wants to try again; null if that makes no sense. */
export function showProblem({ code, values }, again = null) {
  const text = document.createElement('p');
  text.textContent = say(knows(`problem_${code}`) ? `problem_${code}` : 'problem_said', values);
  box.replaceChildren(text);
  if (again && PASSING.has(code)) box.append(againButton(again));
  box.append(closeButton());
  box.scrollIntoView({ block: 'nearest' });
}

export function hideProblem() {
  box.replaceChildren();
}

function againButton(again) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = say('try_again');
  button.addEventListener('click', () => again());
  return button;
}

function closeButton() {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'plain', title: say('close') });
  button.setAttribute('aria-label', say('close'));
  button.append(iconOf('close'));
  button.addEventListener('click', hideProblem);
  return button;
}
