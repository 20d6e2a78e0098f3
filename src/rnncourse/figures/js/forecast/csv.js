// Numbers from a reader's file; what is wrong with it is said in a sentence.

export const LEAST_NUMBERS = 150;
export const MOST_NUMBERS = 5000;

/**
 * The numbers of a file: of its last column that holds numbers. Columns are apart by semicolons, by
 * tabs, or else by commas; where it is not commas, a number may have a decimal comma.
 *
 * @param {string} text
 * @returns {{values: number[], column: string}} The last `MOST_NUMBERS` of them; `column` is its
 *   title, or empty.
 */
export function numbersOf(text) {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const filled = lines.map((line, k) => ({ line, at: k + 1 })).filter(({ line }) => line.trim());
  const separator = [";", "\t"].find((one) => filled.some(({ line }) => line.includes(one))) ?? ",";
  const rows = filled.map(({ line, at }) => ({ cells: cellsOf(line, separator), at }));
  const number = (cell = "") => {
    const plain = separator !== "," && cell.includes(",")
      ? cell.replaceAll(".", "").replace(",", ".")
      : cell;
    return /\d/.test(plain) ? Number(plain) : NaN;
  };
  const below = rows.slice(1);
  const width = Math.max(...rows.map(({ cells }) => cells.length), 0);
  const isOfNumbers = (column) => {
    const good = below.filter(({ cells }) => Number.isFinite(number(cells[column])));
    return good.length > below.length / 2;
  };
  let column = width - 1;
  while (column >= 0 && !isOfNumbers(column)) column -= 1;
  if (column < 0) throw new RangeError("No column of numbers was found in it.");
  const titled = !Number.isFinite(number(rows[0].cells[column]));
  const values = (titled ? below : rows).map(({ cells, at }) => {
    const value = number(cells[column]);
    if (Number.isFinite(value)) return value;
    const found = cells[column] ? `“${cells[column].slice(0, 20)}”` : "nothing";
    throw new RangeError(`Line ${at} has ${found} where a number should be.`);
  });
  if (values.length < LEAST_NUMBERS) {
    const all = `It has ${values.length} numbers`;
    throw new RangeError(`${all}; ${LEAST_NUMBERS} are needed, to learn from and to test on.`);
  }
  return { values: values.slice(-MOST_NUMBERS), column: titled ? (rows[0].cells[column] ?? "") : "" };
}

/** The cells of a line, without the quotes that may be around them. */
function cellsOf(line, separator) {
  const cells = [""];
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) cells.push("");
    else cells[cells.length - 1] += character;
  }
  return cells.map((cell) => cell.trim());
}
