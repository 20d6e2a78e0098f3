// The ledger's filter: by chapter, by kind, by what fresh seeds said, by a word.
// A classic script, so that it runs from file:// too. Without it every claim is shown.
(function () {
  "use strict";

  const tables = [...document.querySelectorAll(".rnnbook-claims table")];
  if (tables.length === 0) return;
  // Each table stands in a box below its chapter's heading.
  const chapters = tables.map((table) => {
    const box = table.closest(".rnnbook-claims");
    const heading = box.previousElementSibling;
    return { box, heading, name: heading.textContent.trim(), rows: [...table.tBodies[0].rows] };
  });

  const form = document.createElement("form");
  form.className = "rnnbook-filter";
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Claims");
  form.addEventListener("submit", (event) => event.preventDefault());

  function choice(label, options) {
    const select = document.createElement("select");
    for (const [value, text] of options) select.add(new Option(text, value));
    return field(label, select);
  }
  function field(label, control) {
    const root = document.createElement("label");
    root.append(`${label} `, control);
    form.append(root);
    control.addEventListener("input", show);
    return control;
  }

  const chapter = choice("Chapter", [
    ["", "all"],
    ...chapters.map(({ name }) => [name, name]),
  ]);
  const kind = choice("Kind", [
    ["", "all"],
    ["live", "measured when the page is made"],
    ["recorded", "recorded over seeds"],
  ]);
  const outcome = choice("Fresh seeds", [
    ["", "all"],
    ["held", "held in every run"],
    ["broke", "did not hold in every run"],
    ["untried", "not tried"],
  ]);
  const words = document.createElement("input");
  words.type = "search";
  field("Words", words);
  const status = document.createElement("p");
  status.setAttribute("role", "status");

  function show() {
    const wanted = words.value.trim().toLowerCase();
    let count = 0;
    for (const { box, heading, name, rows } of chapters) {
      let some = false;
      for (const row of rows) {
        const fits =
          (!chapter.value || name === chapter.value) &&
          [kind, outcome].every(({ value }) => !value || row.classList.contains(`ledger-${value}`)) &&
          row.textContent.toLowerCase().includes(wanted);
        row.hidden = !fits;
        some ||= fits;
        count += fits;
      }
      box.hidden = heading.hidden = !some;
    }
    status.textContent = `${count} ${count === 1 ? "claim" : "claims"}`;
  }

  form.append(status);
  chapters[0].heading.before(form);
  show();
})();
