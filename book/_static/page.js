// What the theme does in scripts within the page, in attributes, and by the whole of Bootstrap.
(function () {
  "use strict";

  // A menu: a button, and beside it the list that it shows.
  for (const button of document.querySelectorAll("[data-bs-toggle=dropdown]")) {
    const menu = button.nextElementSibling;
    const root = button.parentElement;
    const show = (shown) => {
      button.setAttribute("aria-expanded", String(shown));
      menu.classList.toggle("show", shown);
    };
    button.addEventListener("click", () => show(!menu.classList.contains("show")));
    menu.addEventListener("click", () => show(false));
    root.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      show(false);
      button.focus();
    });
    root.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !root.contains(relatedTarget)) show(false);
    });
    addEventListener("click", ({ target }) => root.contains(target) || show(false));
  }

  // The browser shows titles by itself.
  for (const named of document.querySelectorAll("[data-bs-title]")) {
    named.title = named.dataset.bsTitle;
  }

  for (const button of document.querySelectorAll(".btn-download-pdf-button")) {
    button.addEventListener("click", () => print());
  }

  document.querySelector(".bd-search-container input")?.focus();
})();
