// How the search orders, names and quotes what Sphinx found. Sphinx puts this behind its own search.
{
  const KINDS = [ // Of pages that fit alike, a lesson comes first. What lists all others comes last.
    [/^chapters\/\d\d-/, 0.06],
    [/^chapters\/\d\d[a-z]-/, 0.04],
    [/^chapters\/|^book\/(primer|glossary)/, 0.03],
    [/^book\/api/, -0.5],
    [/^book\/(claims|goals|recap|references|timings)/, -0.1],
  ];
  const WITHIN = 0.9; // what a section or a term counts, beside the page that is about nothing else

  const stemmer = new Stemmer();
  const stems = (text) => new Set(
    splitQuery(text.toLowerCase())
      .filter((word) => !stopwords.includes(word) && !/^\d+[a-z]?$/.test(word))
      .map((word) => stemmer.stemWord(word)),
  );
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

  // From 0 to 1: how much of the words is in the text, and of the text in the words.
  function fit(words, text) {
    const found = stems(text);
    const shared = [...words].filter((word) => found.has(word)).length;
    return shared && (2 * shared) / (words.size + found.size);
  }

  // The sections and terms of each page, with their anchors.
  function placesOf(index) {
    const places = index.docnames.map(() => []);
    for (const [title, found] of Object.entries(index.alltitles)) {
      for (const [page, id] of found) if (id) places[page].push([title, id]);
    }
    for (const [entry, found] of Object.entries(index.indexentries)) {
      for (const [page, id, isMain] of found) if (isMain) places[page].push([named(entry, id), id]);
    }
    return places;
  }

  // The index has its entries in small letters; the anchor of a glossary's term has them as written.
  function named(entry, id) {
    const written = id.replace(/^term-/, "").replaceAll("-", " ");
    return written.toLowerCase() === entry ? written : entry;
  }

  // The pages of the book in the order in which they stand in the sidebar.
  function readingOrder() {
    const links = document.querySelectorAll("nav.bd-links a.internal");
    const root = new URL(document.documentElement.dataset.content_root, location.href).pathname;
    const names = [...links].map((link) =>
      new URL(link.href).pathname.replace(root, "").replace(/\.html$/, ""));
    return (page) => (names.includes(page) ? names.indexOf(page) : names.length) / 10_000;
  }

  // One hit a page, at the place that fits best. Names of the API are hits of their own.
  function ranked(hits, words) {
    const index = Search._index;
    const places = placesOf(index);
    const order = readingOrder();
    const best = new Map();
    for (const [page, title, anchor, description, , ...rest] of hits) {
      const key = description ? page + anchor : page;
      if (best.has(key)) continue;
      const number = index.docnames.indexOf(page);
      const name = description ? title.split(".").pop() : index.titles[number];
      // A page is called by its title and by its file: "Backpropagation through time", "04-bptt".
      const file = page.split("/").filter((part) => part !== "index").pop().replaceAll("-", " ");
      let hit = { fit: Math.max(fit(words, name), fit(words, file)), title, anchor };
      if (!description) {
        Object.assign(hit, { title: name, anchor: "" });
        for (const [place, id] of places[number]) {
          const here = WITHIN * fit(words, place);
          const within = `${name} › ${escaped(place.trim().replace(/^\((.*)\)$/, "$1"))}`;
          if (here > hit.fit) hit = { fit: here, title: within, anchor: `#${id}` };
        }
      }
      const kind = KINDS.find(([pattern]) => pattern.test(page))?.[1] ?? 0;
      const score = hit.fit + kind - order(page);
      best.set(key, [page, hit.title, hit.anchor, description, score, ...rest]);
    }
    return [...best.values()].sort((a, b) => a[4] - b[4]); // Sphinx shows the last one first
  }

  const search = Search._performSearch;
  Search._performSearch = (query, ...more) => ranked(search(query, ...more).reverse(), stems(query));

  // What is quoted is the text of the article, without what stands around it, is drawn or folded.
  const UNQUOTED = "h1, h2, h3, details, script, style, svg, button, a.headerlink, .katex-html, "
    + "annotation, .rnnbook-host";
  const [BEFORE, LENGTH] = [120, 240]; // characters before the first word found, and in all

  function textAt(html, anchor) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article");
    if (!article) return "";
    article.querySelectorAll(UNQUOTED).forEach((element) => element.remove());
    const place = anchor && `[id="${anchor.slice(1)}"]`;
    const term = place && article.querySelector(`dt${place}`);
    const block = place && article.querySelector(place)?.closest("section, p, li, dd");
    const quoted = term
      ? `${term.textContent}: ${article.querySelector(`dt${place} ~ dd`)?.textContent}`
      : (block || article).textContent;
    return quoted.replace(/\s+/g, " ").trim();
  }

  Search.makeSearchSummary = (html, words, anchor) => {
    const text = textAt(html, anchor);
    const found = [...words].map((word) => text.toLowerCase().indexOf(word)).filter((at) => at >= 0);
    const from = Math.max(0, Math.min(...found) - BEFORE);
    const start = found.length && from ? text.indexOf(" ", from) + 1 : 0;
    const end = start + LENGTH < text.length ? text.lastIndexOf(" ", start + LENGTH) : text.length;
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
    return text && summary;
  };
}
