// What the theme leaves undone for who uses the keyboard: its buttons keep the focus, and say what
// they open, whether it is open, and which colours are shown.
// A classic script, so that it runs from file:// too.
(function () {
  "use strict";

  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);

  // The theme calls their `blur` at each click. The focus would be lost, and when the sidebar's
  // dialog closes, the browser would not know where to return to.
  for (const button of document.querySelectorAll(".theme-switch-button, .search-button, .sidebar-toggle")) {
    button.blur = () => {};
  }

  // Its label, "Search", is not what is read on it.
  find(".search-button-field")?.removeAttribute("aria-label");

  function sayWhen(watched, attributes, say) {
    const observer = new MutationObserver(say);
    for (const one of watched) observer.observe(one, { attributeFilter: attributes });
    say();
  }

  const wide = matchMedia("(min-width: 992px)"); // as the theme has it
  for (const [side, words] of [
    ["primary", "Pages of the book"],
    ["secondary", "Contents of this page"],
  ]) {
    const toggle = find(`.${side}-toggle`);
    const dialog = find(`#pst-${side}-sidebar-modal`);
    const sidebar = find(`#pst-${side}-sidebar`);
    if (!toggle || !dialog || !sidebar) continue;
    toggle.setAttribute("aria-label", words);
    // On a wide screen the pages stand beside the text; all else opens as a dialog.
    const beside = () => side === "primary" && wide.matches && !sidebar.matches(".pst-sidebar-hidden");
    const say = () => toggle.setAttribute("aria-expanded", String(dialog.open || beside()));
    sayWhen([dialog, sidebar], ["class", "open"], say);
    wide.addEventListener("change", say);
  }

  const MODES = { light: "light", dark: "dark", auto: "as the system has it" };
  for (const button of document.querySelectorAll(".theme-switch-button")) {
    sayWhen([root], ["data-mode"], () => {
      button.setAttribute("aria-label", `Colours: ${MODES[root.dataset.mode]}`);
    });
  }

  // A picture that is wider than a phone scrolls: by keyboard in every browser.
  const scrolls = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth;
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const attributes = { tabindex: "0", role: "group", "aria-label": "Picture, scrolls sideways" };
      for (const [name, value] of Object.entries(attributes)) {
        if (scrolls(target)) target.setAttribute(name, value);
        else target.removeAttribute(name);
      }
    }
  });
  for (const box of document.querySelectorAll(".rnnbook-scroll:has(> svg)")) observer.observe(box);
})();
