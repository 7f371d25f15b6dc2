// Which of the server's models reads; there is nothing to choose where it has one.

const byId = (id) => document.getElementById(id);

/** @param models their cards; @param choose called with the name of the one that a person chose. */
export function offerModels(models, choose) {
  const select = byId('model-choice');
  select.replaceChildren(...models.map(({ name }) => new Option(name)));
  select.onchange = () => choose(select.value);
  byId('choice').hidden = models.length < 2;
}
