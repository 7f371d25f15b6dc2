// The access key that some servers ask for.

const byId = (id) => document.getElementById(id);
let asking = null; // the promise while the dialog is open: several requests may ask at once

/** What the person enters, or null. */
export function askToken(wasWrong) {
  asking ??= ask(wasWrong).finally(() => {
    asking = null;
  });
  return asking;
}

function ask(wasWrong) {
  const dialog = byId('token');
  const input = byId('token-value');
  byId('token-wrong').hidden = !wasWrong;
  input.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'use' ? input.value.trim() : null), { once: true });
  });
}
