// The page: brings together the picture, the tools, the server and what it read.

import { Api, Refusal } from './api.js';
import { Film } from './film.js';
import { FilmView } from './film_view.js';
import { Drawing } from './drawing.js';
import { showModel } from './model_card.js';
import { offerModels } from './model_choice.js';
import { hideProblem, showProblem } from './problem.js';
import { Reader } from './reader.js';
import { Results } from './results.js';
import { copyText, save, toJson, toPng } from './saving.js';
import { Sheet } from './sheet.js';
import { Stage } from './stage.js';
import { isVideo, listenForPictures, openPicture, openVideo, showSamples } from './start.js';
import { number, say, switchLanguage, writeTexts } from './texts.js';
import { askToken } from './token.js';
import { Toolbar } from './toolbar.js';

const byId = (id) => document.getElementById(id);

const api = new Api(askToken, showWaiting);
const sheet = new Sheet();
const reader = new Reader(sheet, api);
const stage = new Stage(sheet);
const drawing = new Drawing(sheet, stage, announce);
new Results(sheet, copy, ([corner]) => stage.reveal(corner));
new Toolbar(sheet, stage, drawing);
const film = new Film(api);
const subtitles = (use) => attempt(async () => use(await api.subtitles(film.job.id)));
const filmView = new FilmView(film, { again: readFilm, subtitles });
let model = null;
let last = 'work'; // the view of the picture, or that of the video: 'film'
let numTaken = 0; // files that were chosen, also those that are still being opened

function announce(text) {
  byId('announce').textContent = text;
}

function setStatus(text) {
  byId('status').textContent = text;
}

/** Say, where the person looks, when a busy server is asked again. */
function showWaiting(seconds) {
  byId(byId('film').hidden ? 'status' : 'film-status').textContent = say('waiting', { seconds });
}

/** Run what may be refused, and say so if it is; `again` is offered to the person then. */
async function attempt(act, again = null) {
  hideProblem();
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== 'stopped') showProblem(error, again);
  }
}

async function take(blob, name) {
  numTaken += 1;
  const turn = numTaken;
  await attempt(async () => {
    const picture = await openPicture(blob, name, reader.limits);
    if (turn !== numTaken) return; // another one was chosen in the meantime
    reader.stop();
    film.stop();
    if (sheet.picture) URL.revokeObjectURL(sheet.picture.url);
    show('work');
    sheet.open(picture);
    stage.open();
    drawing.use(matchMedia('(pointer: fine)').matches && !model?.detector ? 'rectangle' : 'select');
    byId('file-name').textContent = name;
    writePictureTexts();
    byId('file-name').focus({ preventScroll: true });
    scrollTo(0, 0);
    await read();
  });
}

function read(whole = false) {
  const act = async () => announce((await reader.read(whole)) || say('no_text'));
  return attempt(act, () => read(whole));
}

async function takeVideo(blob, name) {
  numTaken += 1;
  const turn = numTaken;
  await attempt(async () => {
    const file = openVideo(blob, name, await api.model());
    if (turn !== numTaken) return;
    reader.stop();
    film.open(file);
    filmView.open();
    show('film');
    byId('film-name').focus({ preventScroll: true });
    scrollTo(0, 0);
    await readFilm();
  });
}

function readFilm() {
  const act = async () => {
    await film.read();
    announce(byId('film-status').textContent);
  };
  return attempt(act, readFilm);
}

function show(part) {
  for (const one of ['start', 'work', 'film']) byId(one).hidden = part !== one;
  if (part !== 'start') last = part;
  if (part !== 'film') filmView.close();
  drawBack();
  drawModel();
  stage.fit();
}

function drawBack() {
  const { name } = (last === 'film' ? film.file : sheet.picture) ?? {};
  byId('back').hidden = name === undefined;
  if (name !== undefined) byId('back').textContent = say('back', { name });
}

function writePictureTexts() {
  if (!sheet.picture) return;
  const { name, width, height } = sheet.picture;
  byId('file-size').textContent = say('picture_size', { width: number(width), height: number(height) });
  byId('picture').alt = say('picture', { name });
}

/** The model's card; a video has no time of reading. */
function drawModel() {
  showModel(model, byId('film').hidden ? sheet.timings : undefined);
}

function drawReading() {
  if (!sheet.picture) return;
  const unread = sheet.unread.length;
  const finds = Boolean(model?.detector) && !sheet.regions.length;
  const button = byId('read');
  button.hidden = !unread;
  button.disabled = reader.busy;
  const toRead = finds ? say('find') : say('read_whole');
  button.textContent = sheet.regions.length ? say('read_regions', { count: unread }) : toRead;
  byId('read-whole').hidden = !unread || !finds || reader.busy;
  setStatus(reader.busy ? say(finds ? 'finding' : 'reading') : doneText(unread, finds));
  byId('work').setAttribute('aria-busy', reader.busy);
  drawModel();
}

/** What the last reading came to; nothing if something is to be read again. */
function doneText(unread, finds) {
  const { done } = reader;
  if (!done) return '';
  if (finds && !done.count) return say('found_none');
  if (unread) return '';
  const text = say('done', { count: done.count, ms: number(done.ms) });
  return done.more ? `${text}${say('done_more', { count: done.more })}` : text;
}

async function copy(text) {
  await attempt(async () => {
    await copyText(text);
    setStatus(say('copied'));
  });
}

function fileName(ending) {
  return `${sheet.picture.name.replace(/\.\w{1,5}$/, '')}${ending}`;
}

function saveJson() {
  save(new Blob([toJson(sheet, model?.name)], { type: 'application/json' }), fileName('.json'));
}

async function savePng() {
  await attempt(async () => save(await toPng(sheet, byId('picture')), fileName('_read.png')));
}

function useModel(card) {
  model = card;
  filmView.model = card.name;
  sheet.readWith(card.name);
  filmView.draw();
  drawModel();
}

/** Have another model read from now on, at once what is being looked at; a video that was read waits for the button. */
async function chooseModel(name) {
  reader.stop();
  useModel(api.choose(name));
  if (!byId('work').hidden && sheet.unread.length) await read(reader.whole);
  if (!film.busy) return;
  film.stop();
  if (!byId('film').hidden) await readFilm();
}

async function loadServer() {
  await attempt(async () => {
    useModel(await api.model());
    offerModels(await api.models(), chooseModel);
    reader.limits = model.limits;
    if (model.detector) offerMore();
    showSamples(await api.samples(), ({ url, name }) => attempt(async () => take(await api.blob(url), name)));
  }, loadServer);
}

/** What a server with a detector takes besides. */
function offerMore() {
  byId('start-lead').dataset.text = 'start_lead_finds';
  byId('drop-here').dataset.text = 'drop_here_video';
  byId('choose').dataset.text = 'choose_file';
  byId('file').accept = 'image/*,video/*,.mkv';
  writeTexts(byId('start'));
}

function writeAll() {
  writeTexts();
  const other = byId('language');
  other.textContent = say('other_language');
  other.lang = say('other_language_tag');
  writePictureTexts();
  drawBack();
  film.dispatchEvent(new Event('change'));
  sheet.dispatchEvent(new Event('change'));
  sheet.dispatchEvent(new Event('look'));
  for (const image of document.querySelectorAll('[data-sample] img')) {
    image.alt = say('sample', { number: image.parentElement.dataset.sample });
  }
  drawModel();
  hideProblem();
}

sheet.addEventListener('change', drawReading);
reader.addEventListener('state', drawReading);
listenForPictures((blob, name) => (isVideo(blob, name) ? takeVideo : take)(blob, name), showProblem);
byId('language').addEventListener('click', () => {
  switchLanguage();
  writeAll();
});
byId('other').addEventListener('click', () => {
  show('start');
  byId('choose').focus();
});
byId('film-other').addEventListener('click', () => {
  show('start');
  byId('choose').focus();
});
byId('back').addEventListener('click', () => {
  show(last);
  byId(last === 'film' ? 'film-other' : 'other').focus();
});
addEventListener('pagehide', () => film.stop());
byId('read').addEventListener('click', () => {
  if (sheet.canFinish) sheet.finish();
  else if (sheet.draft) sheet.cancel();
  read();
});
byId('read-whole').addEventListener('click', () => read(true));
byId('copy-all').addEventListener('click', () => copy(sheet.texts.join('\n')));
byId('save-json').addEventListener('click', saveJson);
byId('save-png').addEventListener('click', savePng);
writeAll();
loadServer();
