// The buttons around the picture: tools, undo, zoom, and what can be done with the selected region.

import { say } from './texts.js';

const byId = (id) => document.getElementById(id);

export class Toolbar {
  constructor(sheet, stage, drawing) {
    Object.assign(this, { sheet, stage, drawing });
    for (const button of document.querySelectorAll('[data-tool]')) {
      button.addEventListener('click', (event) => this.#use(button.dataset.tool, event.detail === 0));
    }
    byId('undo').addEventListener('click', () => sheet.undo());
    byId('redo').addEventListener('click', () => sheet.redo());
    byId('zoom-in').addEventListener('click', () => stage.zoom(1));
    byId('zoom-out').addEventListener('click', () => stage.zoom(-1));
    byId('zoom-fit').addEventListener('click', () => stage.zoom(0));
    document.addEventListener('keydown', (event) => this.#shortcut(event));
    this.actions = this.#makeActions();
    sheet.addEventListener('change', () => this.draw());
    for (const kind of ['focusin', 'focusout']) stage.overlay.addEventListener(kind, () => this.#drawHint());
  }

  draw() {
    const { sheet, drawing } = this;
    for (const button of document.querySelectorAll('[data-tool]')) {
      button.setAttribute('aria-pressed', button.dataset.tool === drawing.tool);
    }
    byId('undo').disabled = !sheet.canUndo;
    byId('redo').disabled = !sheet.canRedo;
    byId('zoom-out').disabled = !this.stage.zoomed;
    this.#drawActions();
    this.#drawHint();
  }

  #use(tool, byKeyboard) {
    this.drawing.use(tool);
    if (byKeyboard && tool !== 'select') this.stage.overlay.focus();
  }

  #makeActions() {
    const { sheet, stage } = this;
    const { overlay } = stage;
    return {
      finish: action('finish', () => sheet.finish()),
      cancel: action('cancel', () => sheet.cancel()),
      add: action('add_point', () => sheet.addPoint()),
      removePoint: action('remove_point', () => sheet.removePoint()),
      removeRegion: action('remove_region', () => {
        sheet.remove(sheet.selected);
        overlay.focus();
      }),
    };
  }

  #drawActions() {
    const { sheet, actions } = this;
    const box = byId('region-tools');
    const shown = sheet.draft
      ? [actions.finish, actions.cancel]
      : sheet.drawn
        ? [actions.add, actions.removePoint, actions.removeRegion]
        : [];
    actions.finish.disabled = !sheet.canFinish;
    actions.removePoint.disabled = !sheet.canRemovePoint;
    for (const button of Object.values(actions)) {
      button.textContent = say(button.dataset.says);
      if (!shown.includes(button)) button.remove();
    }
    shown.forEach((button) => button.isConnected || box.append(button));
    const number = sheet.current?.number ?? 0;
    box.setAttribute('aria-label', sheet.draft ? say('draft', { count: sheet.draft.length }) : say('region', { number }));
  }

  #drawHint() {
    byId('hint').textContent = this.#hint();
  }

  #hint() {
    const { sheet, drawing, stage } = this;
    const focused = document.activeElement?.matches(':focus-visible') ? document.activeElement : null;
    if (focused?.dataset.point !== undefined) return say('hint_point_keys');
    if (focused === stage.overlay && drawing.tool !== 'select') return say('hint_keys');
    if (drawing.tool !== 'select') return say(`hint_${drawing.tool}`);
    return say(sheet.regions.length ? 'hint_select' : 'hint_select_none');
  }

  #shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest('input, textarea') || !this.sheet.picture) return;
    const key = event.key.toLowerCase();
    if (key === 'z') this.sheet[event.shiftKey ? 'redo' : 'undo']();
    else if (key === 'y') this.sheet.redo();
    else return;
    event.preventDefault();
  }
}

function action(says, act) {
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset.says = says;
  button.addEventListener('click', act);
  return button;
}
