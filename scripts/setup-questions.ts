// What npm run setup asks. What an answer may be is the rule of the setting itself.
import { environmentSchema } from "../server/platform/config-schema";

/** Settings by name, as a .env file has them; "" is one that is not set. */
export type Answers = Record<string, string>;

export interface Question {
  setting: keyof typeof environmentSchema.shape;
  /** Answers it on the command line: --policy approval. */
  flag: string;
  text: string;
  fallback: string;
  isAsked?: (answers: Answers) => boolean;
}

const geoOf = (answers: Answers) => answers["GEOIP_PROVIDER"] ?? "none";

export const QUESTIONS: readonly Question[] = [
  {
    setting: "NODE_ENV",
    flag: "for",
    text: "What is this copy for, development or production?",
    fallback: "production",
  },
  { setting: "APP_URL", flag: "app-url", text: "Where do people reach it (https://...)?", fallback: "" },
  {
    setting: "SIGNUP_ACCESS_POLICY",
    flag: "policy",
    text: "Who may sign up: public (everybody), invite_only, or approval (people ask, an operator decides)?",
    fallback: "invite_only",
  },
  {
    setting: "REDIS_URL",
    flag: "redis-url",
    text: "A Redis for several instances (nothing: PostgreSQL does its work)?",
    fallback: "",
  },
  {
    setting: "GEOIP_PROVIDER",
    flag: "geoip",
    text: "Who says where a sign-in came from: none, maxmind, ip2location or ipinfo?",
    fallback: "none",
  },
  {
    setting: "GEOIP_DATABASE_FILE",
    flag: "geoip-file",
    text: "The file of its database (nothing: ask ip2location's service)?",
    fallback: "",
    isAsked: (answers) => ["maxmind", "ip2location"].includes(geoOf(answers)),
  },
  {
    setting: "GEOIP_TOKEN",
    flag: "geoip-token",
    text: "The token of its service?",
    fallback: "",
    isAsked: (answers) =>
      geoOf(answers) === "ipinfo" || (geoOf(answers) === "ip2location" && !answers["GEOIP_DATABASE_FILE"]),
  },
];

/** Why an answer does not do, or null. */
export function problemOf({ setting }: Question, answer: string): string | null {
  const judged = environmentSchema.shape[setting].safeParse(answer === "" ? undefined : answer);
  return judged.success ? null : `${setting}: ${judged.error.issues[0]?.message ?? "is not valid"}`;
}
