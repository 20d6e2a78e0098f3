// A figure's settings: what its controls change, a kernel may change, and a link may ask for.

/**
 * Keep the settings of a figure in its traits.
 *
 * @param {object} model
 * @param {string[]} names The traits that are settings.
 * @param {(changed?: string[]) => void} update Draws. Called once for each change, whoever makes it;
 *   a change of our own names what was changed.
 * @returns `begin`, what they were; `now()`, what they are; `change(values)`; `quietly(values)`,
 *   which does not draw; `release()` when the figure leaves.
 */
export function followSettings(model, names, update) {
  const now = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  let listening = true;
  const heard = () => listening && update();
  const quietly = (values) => {
    const before = listening;
    listening = false;
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    listening = before;
  };
  for (const name of names) model.on(`change:${name}`, heard);
  return {
    begin: now(),
    now,
    quietly,
    change(values) {
      quietly(values);
      update(Object.keys(values));
    },
    release() {
      for (const name of names) model.off(`change:${name}`, heard);
    },
  };
}
