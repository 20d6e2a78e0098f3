// Remembers in this browser which chapters were read to their end, and marks them in the sidebar.
// A classic script, so that it runs from file:// too.
(function () {
  "use strict";

  const KEY = "rnnbook-chapters-read";
  const CHAPTER = /^chapters\/[^/]+$/;

  // A browser may refuse storage (private windows, policies). The book is then simply not marked.
  function load() {
    try {
      return new Set(JSON.parse(localStorage.getItem(KEY)) || []);
    } catch {
      return new Set();
    }
  }

  function save(read) {
    try {
      localStorage.setItem(KEY, JSON.stringify([...read].sort()));
    } catch {}
  }

  // "https://host/somewhere/chapters/02-simple-rnn.html#x" -> "chapters/02-simple-rnn"
  function documentName(link) {
    const path = new URL(link.href).pathname.split("/").slice(-2).join("/");
    return path.replace(/\.html$/, "");
  }

  function chapterLinks() {
    const links = document.querySelectorAll(".bd-sidebar-primary .bd-links a");
    return [...links].filter((link) => CHAPTER.test(documentName(link)));
  }

  function mark() {
    const read = load();
    for (const link of chapterLinks()) {
      link.querySelector(".rnnbook-read")?.remove();
      if (!read.has(documentName(link))) continue;
      const tick = document.createElement("span");
      tick.className = "rnnbook-read";
      tick.setAttribute("role", "img");
      tick.setAttribute("aria-label", "read");
      tick.textContent = "✓";
      link.append(" ", tick);
    }
    report(read);
  }

  function report(read) {
    const place = document.getElementById("reading-progress");
    if (!place) return;
    if (!place.firstChild) build(place);
    const chapters = new Set(chapterLinks().map(documentName));
    const count = [...chapters].filter((name) => read.has(name)).length;
    const words = count === 1 ? "1 chapter" : `${count || "no"} chapters`;
    place.querySelector("p").textContent =
      `In this browser you have read ${words} of ${chapters.size} to the end.`;
    document.getElementById("clear-progress").disabled = count === 0;
  }

  function build(place) {
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    const button = document.createElement("button");
    button.id = "clear-progress";
    button.type = "button";
    button.textContent = "Forget what I have read";
    button.addEventListener("click", () => {
      save([]);
      mark();
    });
    place.append(status, button);
  }

  function watchEnd() {
    const name = documentName(location);
    const end = document.querySelector(".prev-next-footer");
    if (!CHAPTER.test(name) || !end) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      save(load().add(name));
      mark();
    });
    observer.observe(end);
  }

  mark();
  watchEnd();
  window.addEventListener("storage", mark); // another tab
})();
