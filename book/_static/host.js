// Brings the page's figures to life where there is no kernel. A classic script, so that it runs
// from file:// too; so are the scripts in figures/, which it loads when a figure comes near.
(function () {
  "use strict";

  const FOLDER = new URL("figures/", document.currentScript.src);
  const NEAR = "600px";
  const figures = new Map(); // name -> render
  const scripts = new Map(); // file -> promise

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
      if (this.traits[name] === value) return;
      this.traits[name] = value;
      for (const listener of [...(this.listeners.get(`change:${name}`) ?? [])]) listener();
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

  async function start(host) {
    const name = host.dataset.figure;
    try {
      await load("core.js");
      await load(`${name}.js`);
      const traits = JSON.parse(host.querySelector("script[type='application/json']").textContent);
      const el = document.createElement("div");
      el.className = "rnnbook-stand";
      host.append(el);
      await figures.get(name)({ model: new Model(traits), el });
      host.dataset.alive = "";
    } catch (error) {
      console.error(error);
      host.querySelector(".rnnbook-stand")?.remove();
      const note = document.createElement("p");
      note.textContent = "This figure could not be started here; the picture shows how it begins.";
      host.append(note);
    }
  }

  globalThis.rnnbookHost = { define: (name, render) => figures.set(name, render) };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        start(target);
      }
    },
    { rootMargin: NEAR },
  );
  for (const host of document.querySelectorAll(".rnnbook-host")) observer.observe(host);
})();
