// The forms under which a password is looked up on the list of common ones: what guessing programs try, they undo.

export interface CommonForms {
  /** Looked up as they are. */
  whole: string[];
  /** Letters alone; refused also when they are a few of the commonest words put together. */
  stems: string[];
}

const CHARACTERS_MAX = 72;
/** Too long for the list: what anybody tries first who has read about passphrases, written in one. */
const FAMOUS_PHRASES = new Set(["correcthorsebatterystaple", "thequickbrownfoxjumpsoverthelazydog"]);
/** What stands for a famous phrase on any list. */
const FIRST_OF_ALL = "password";

const LEET: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
};

/** "P@ssw0rd2026!" is "password" to everyone who guesses. */
export function commonFormsOf(password: string): CommonForms {
  const whole = [...password.slice(0, 2 * CHARACTERS_MAX)].slice(0, CHARACTERS_MAX).join("").toLowerCase();
  const core = whole.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  const stems = [lettersOf(core), lettersOf(plain(core)), lettersOf(plain(whole))];
  const forms = [whole, core, plain(core), ...stems];
  if (forms.slice(0, 3).some((form) => FAMOUS_PHRASES.has(form))) forms.push(FIRST_OF_ALL);
  return { whole: distinct(forms), stems: distinct(stems) };
}

function plain(text: string): string {
  return text.replace(/[013457@$]/g, (character) => LEET[character] ?? character);
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, "");
}

function distinct(forms: string[]): string[] {
  return [...new Set(forms)].filter((form) => form.length > 0);
}
