// Brings the page's figures to life where there is no kernel. A classic script, so that it runs
// from file:// too; so are the scripts in figures/, which it loads when a figure comes near.
//
// A link sets a figure's traits: `#counterfactual?network=1&size=0.001`. Where a page has several
// figures of one name, that is the first; `#counterfactual-2?…` is the second.
(function () {
  "use strict";

  const FOLDER = new URL("figures/", document.currentScript.src);
  const NEAR = "600px";
  const LINK = /^#(\w+)(?:-(\d+))?\?(.+)$/;
  const MARKED_FOR = 2000; // ms
  const figures = new Map(); // name -> render
  const scripts = new Map(); // file -> promise
  const models = new Map(); // host -> promise of its model, or of null where it could not start
  const hosts = [...document.querySelectorAll(".rnnbook-host")];

  // What a figure asks of the notebook's model, without a notebook.
  class Model {
    constructor(traits) {
      this.traits = traits;
      this.listeners = new Map();
    }
    get(name) {
      return this.traits[name];
    }
    set(name, value) {
      this.assign({ [name]: value });
    }
    // Who listens hears of it once, when all have their new values.
    assign(traits) {
      const changed = Object.keys(traits).filter((name) => this.traits[name] !== traits[name]);
      Object.assign(this.traits, traits);
      const heard = changed.flatMap((name) => [...(this.listeners.get(`change:${name}`) ?? [])]);
      for (const listener of new Set(heard)) listener();
      return changed.length > 0;
    }
    // Whether the trait is for the reader's hand: the figure would notice another value.
    follows(name) {
      return this.listeners.get(`change:${name}`)?.size > 0;
    }
    save_changes() {}
    on(event, listener) {
      if (!this.listeners.has(event)) this.listeners.set(event, new Set());
      this.listeners.get(event).add(listener);
    }
    off(event, listener) {
      if (listener) this.listeners.get(event)?.delete(listener);
      else this.listeners.delete(event);
    }
  }

  function load(file) {
    if (!scripts.has(file)) {
      const loaded = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(file, FOLDER);
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${file} could not be loaded`));
        document.head.append(script);
      });
      scripts.set(file, loaded);
    }
    return scripts.get(file);
  }

  function start(host) {
    observer.unobserve(host);
    if (!models.has(host)) models.set(host, render(host));
    return models.get(host);
  }

  async function render(host) {
    const name = host.dataset.figure;
    try {
      await load("core.js");
      await load(`${name}.js`);
      const traits = JSON.parse(host.querySelector("script[type='application/json']").textContent);
      const el = document.createElement("div");
      el.className = "rnnbook-stand";
      host.append(el);
      const model = new Model(traits);
      await figures.get(name)({ model, el });
      host.dataset.alive = "";
      return model;
    } catch (error) {
      console.error(error);
      host.querySelector(".rnnbook-stand")?.remove();
      const note = document.createElement("p");
      note.textContent = "This figure could not be started here; the picture shows how it begins.";
      host.append(note);
      return null;
    }
  }

  // A word of a link as a value like the one that is there; undefined if it is none.
  function valueLike(present, word) {
    if (typeof present === "string") return word;
    if (typeof present === "boolean") return { __proto__: null, true: true, false: false }[word];
    const number = word.trim() === "" ? NaN : Number(word);
    return typeof present === "number" && Number.isFinite(number) ? number : undefined;
  }

  async function followLink() {
    const [, name, place = 1, query] = LINK.exec(location.hash) ?? [];
    const host = hosts.filter(({ dataset }) => dataset.figure === name)[place - 1];
    const model = host && (await start(host));
    // One that reads the address itself, as the playground does, is left alone.
    if (!model || host.querySelector("[data-reads-address]")) return;
    const wanted = {};
    for (const [trait, word] of new URLSearchParams(query)) {
      const value = model.follows(trait) ? valueLike(model.get(trait), word) : undefined;
      if (value !== undefined) wanted[trait] = value;
    }
    if (Object.keys(wanted).length > 0 && setTraits(model, wanted, host)) show(host);
  }

  // False, and all as it was, if the figure cannot take the values.
  function setTraits(model, wanted, host) {
    const before = Object.fromEntries(Object.keys(wanted).map((name) => [name, model.get(name)]));
    try {
      const line = host.querySelector("[aria-live]");
      // What is so already is said anew: the reader asked.
      if (!model.assign(wanted) && line) line.replaceChildren(line.textContent);
      return true;
    } catch {
      model.assign(before);
      return false;
    }
  }

  // The focus stays on the link, in the sentence that the reader is at.
  function show(host) {
    const { top, bottom } = host.getBoundingClientRect();
    // On a long way figures come alive and move what is below them.
    const far = top > 2 * innerHeight || bottom < -innerHeight;
    const still = far || matchMedia("(prefers-reduced-motion: reduce)").matches;
    host.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
    host.dataset.linked = "";
    setTimeout(() => delete host.dataset.linked, MARKED_FOR);
  }

  globalThis.rnnbookHost = { define: (name, render) => figures.set(name, render) };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) start(target);
      }
    },
    { rootMargin: NEAR },
  );
  for (const host of hosts) observer.observe(host);

  addEventListener("hashchange", followLink);
  addEventListener("click", (event) => {
    // Followed a second time, a link changes no address.
    if (event.target.closest("a[href]")?.href === location.href) followLink();
  });
  followLink();
})();
