// Remembers in this browser which chapters were read to their end, and marks them in the sidebar.
// The page on how to use the book also shows what quizzes have kept here of their answers.
// A classic script, so that it runs from file:// too.
(function () {
  "use strict";

  const KEY = "rnnbook-chapters-read";
  const CHAPTER = /^chapters\/[^/]+$/;
  const QUIZ = /^rnnbook-quiz-(.+)$/; // the figure `quiz` writes these

  // A browser may refuse storage (private windows, policies), and anything can stand in it. The book
  // is then simply not marked.
  function load() {
    try {
      const names = JSON.parse(localStorage.getItem(KEY)) ?? [];
      return new Set(names.filter((name) => typeof name === "string" && CHAPTER.test(name)));
    } catch {
      return new Set();
    }
  }

  function save(read) {
    try {
      localStorage.setItem(KEY, JSON.stringify([...read].sort()));
    } catch {}
  }

  function quizKeys() {
    try {
      return Object.keys(localStorage).filter((key) => QUIZ.test(key));
    } catch {
      return [];
    }
  }

  // Quizzes with answers: how many are right of how many, by the chapter's number.
  function loadQuizzes() {
    const found = new Map();
    for (const key of quizKeys()) {
      try {
        const { right, of } = JSON.parse(localStorage.getItem(key));
        const counts = Number.isInteger(right) && Number.isInteger(of) && right >= 0 && right <= of;
        if (counts && of > 0 && of < 100) found.set(QUIZ.exec(key)[1], `${right} of ${of} right`);
      } catch {}
    }
    return found;
  }

  function forget() {
    save([]);
    for (const key of quizKeys()) localStorage.removeItem(key);
    mark();
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
    const quizzes = loadQuizzes();
    const rows = chapterLinks()
      .map((link) => [link, quizzes.get(documentName(link).match(/^chapters\/(\d\d)-/)?.[1])])
      .filter(([, result]) => result);
    const answered = rows.length === 1 ? "1 quiz" : `${rows.length || "no"} quizzes`;
    place.querySelector("p").textContent =
      `In this browser you have read ${words} of ${chapters.size} to the end, ` +
      `and answered questions of ${answered}${rows.length > 0 ? ":" : "."}`;
    place.querySelector("ul").replaceChildren(...rows.map(quizRow));
    document.getElementById("clear-progress").disabled = count + rows.length === 0;
    if ("quiet" in place.dataset) place.hidden = count + rows.length === 0; // nothing for a newcomer
  }

  function quizRow([link, result]) {
    const chapter = document.createElement("a");
    chapter.href = link.href;
    chapter.textContent = link.firstChild.textContent.trim();
    const row = document.createElement("li");
    row.append(chapter, `: ${result}`);
    return row;
  }

  function build(place) {
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    const button = document.createElement("button");
    button.id = "clear-progress";
    button.type = "button";
    button.textContent = "Forget what I have read and answered";
    button.addEventListener("click", forget);
    place.append(status, document.createElement("ul"), button);
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
