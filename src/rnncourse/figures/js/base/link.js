// A figure's state in the address of the page, so that it can be shared and kept.
//
// It stands in the fragment, `#playground?cell=lstm&lag=40`, which needs no server: from a file a
// browser lets a page change nothing else of its address.

/** The state that the address holds for the figure `name`: an object of strings, or null. */
export function readLink(name, fragment = location.hash) {
  const [, owner, query] = /^#([\w-]+)\?(.*)$/.exec(fragment) ?? [];
  return owner === name ? Object.fromEntries(new URLSearchParams(query)) : null;
}

/** The address of this page with the state of the figure `name` in it. */
export function linkWith(name, state) {
  const address = new URL(location.href);
  address.hash = `${name}?${new URLSearchParams(state)}`;
  return address.href;
}

/** Put the state of the figure `name` into the page's address, without a new entry of history. */
export function writeLink(name, state) {
  try {
    history.replaceState(history.state, "", linkWith(name, state));
  } catch {
    // Some hosts (a notebook's frame) refuse; the figure works without.
  }
}
