// What a quiz is given, and its answers, kept in this browser. The book's pages read `right` and `of` for the progress.

const PREFIX = "rnnbook-quiz-";

/** What Python sealed: the page must not give the answers away to who reads its source. */
export function unseal(sealed) {
  const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * Where the answers of one chapter's quiz are kept.
 *
 * A browser may refuse storage (private windows, policies): then nothing is kept, and that is all.
 *
 * @param {string} chapter Its two-digit key.
 * @param {string} edition Answers to other questions than these are not given back.
 */
export function quizMemory(chapter, edition) {
  const key = PREFIX + chapter;
  return {
    /** What was kept: answers by the questions' ids. */
    load() {
      try {
        const kept = JSON.parse(localStorage.getItem(key));
        // Anything can stand there. Whether an answer is one, its question says.
        const { answers } = kept?.edition === edition ? kept : {};
        return typeof answers === "object" && answers !== null ? answers : {};
      } catch {
        return {};
      }
    },
    save(answers, right, of) {
      try {
        const kept = { edition, answers, right, of };
        if (Object.keys(answers).length === 0) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // Refused.
      }
    },
  };
}
