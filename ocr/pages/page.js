'use strict';
// Tables sort by the column whose header is pressed; tables and examples are filtered by what is typed above them.
// Without this script all of it is there as well, in the order in which it was written.
const LEAST_ROWS = 8; // that are worth a field to filter them

function keyOf(row, column) {
  const cell = row.cells[column];
  if (cell.dataset.value !== undefined) return cell.dataset.value === '' ? null : Number(cell.dataset.value);
  const text = cell.textContent;
  return cell.classList.contains('number') ? Number(text) : text;
}

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === 'number' ? a - b : a.localeCompare(b, undefined, { numeric: true });
}

function sortBy(table, column, header) {
  const descending = header.getAttribute('aria-sort') === 'ascending';
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [keyOf(row, column), row]);
  keyed.sort(([a], [b]) => (descending && a !== null && b !== null ? compare(b, a) : compare(a, b)));
  for (const [, row] of keyed) body.append(row);
  for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
  header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener('click', () => sortBy(table, column, header));
  });
}

function addFilter(place, items, what) {
  if (items.length < LEAST_ROWS) return;
  const label = document.createElement('label');
  const field = document.createElement('input');
  const count = document.createElement('output');
  label.className = 'filter';
  field.type = 'search';
  label.append(`Show only ${what} with `, field, count);
  field.addEventListener('input', () => {
    const wanted = field.value.toLowerCase();
    let shown = 0;
    for (const item of items) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
      shown += !item.hidden;
    }
    count.textContent = ` ${shown} of ${items.length}`;
  });
  place.before(label);
}

for (const table of document.querySelectorAll('table.sortable')) {
  if (table.tBodies[0].rows.length > 1) makeSortable(table);
  addFilter(table.parentElement, [...table.tBodies[0].rows], 'rows');
}
for (const examples of document.querySelectorAll('.examples')) {
  addFilter(examples, [...examples.children], 'regions');
}
