// Elements, ids and numbers for the page.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

let lastId = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix = "part") {
  lastId += 1;
  return `rnnbook-${prefix}-${lastId}`;
}

/**
 * Make an HTML element.
 *
 * @param {string} tag
 * @param {object} attributes `on…` functions become listeners; null, undefined and false are left
 *   out; true becomes an empty attribute; `style` may be an object.
 * @param {...(Node|string|null)} children
 */
export function element(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** Make an SVG element; arguments as for `element`. */
export function svgElement(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "style" && typeof value === "object") {
      for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
    } else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴" };
Object.assign(SUPERSCRIPTS, { 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" });

/** 10 to a whole power, as text: `10⁻⁸`. */
export function powerOfTen(exponent) {
  return `10${[...String(exponent)].map((character) => SUPERSCRIPTS[character]).join("")}`;
}

/**
 * A number as the book writes it: `0.25`, `−3`, `1.2 · 10⁻⁸`, `1,250`, `not a number`.
 *
 * @param {number} value
 * @param {number} digits Significant digits.
 */
export function formatNumber(value, digits = 3) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text;
  if (size === 0) text = "0";
  else if (size < 1e-3 || size >= 1e6) text = timesPowerOfTen(size, digits);
  else if (size >= 10 ** (digits - 1)) text = Math.round(size).toLocaleString("en");
  else text = String(Number(size.toPrecision(digits)));
  return value < 0 && text !== "0" ? `−${text}` : text;
}

function timesPowerOfTen(size, digits) {
  const [factor, exponent] = size.toExponential(digits - 1).split("e").map(Number);
  const power = powerOfTen(exponent);
  return factor === 1 ? power : `${factor}\u00a0·\u00a0${power}`;
}
