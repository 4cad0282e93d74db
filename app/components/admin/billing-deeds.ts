// What operators of billing decide about one workspace.

export const DEEDS = {
  adjust: {
    label: "Adjust the reserve",
    title: "Adjust the reserve?",
    description: "Adds to the reserve or takes from it, as an entry of the ledger of its own.",
  },
  policy: {
    label: "Change the policy",
    title: "What happens when the reserve is low?",
    description: "What a low balance means, where it begins, and how far below zero “warn” goes.",
  },
  override: {
    label: "Lift blocks",
    title: "Lift what blocks calls?",
    description:
      "For some hours neither a suspended plan nor a used-up allowance refuses calls. Spending limits and the reserve do.",
  },
} as const;

export type AccountDeed = keyof typeof DEEDS;

/** For how long blocks can be lifted, in hours; 0 ends it. */
export const OVERRIDE_CHOICES = [
  ["1", "1 hour"],
  ["4", "4 hours"],
  ["24", "A day"],
  ["72", "Three days"],
  ["168", "A week"],
  ["0", "No longer"],
] as const;
