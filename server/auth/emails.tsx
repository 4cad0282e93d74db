// Identity's mails. Each has one link, in text and HTML alike, always to the configured address; none greets by a name,
// since whoever registers an address chooses the name and we would carry their words to a stranger.

import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { config } from "../platform/config";
import { TEXT_NEW_DEVICE, VERIFICATION_VALID_HOURS } from "./terms";

export interface Mail {
  template: string;
  subject: string;
  text: string;
  html: string;
}

interface Letter {
  template: string;
  subject: string;
  heading: string;
  paragraphs: string[];
  action: { label: string; url: string };
  footnote: string;
}

/** Asks to confirm an address. `token` is the raw secret: it is in this mail and nowhere else. */
export function verificationMail(token: string): Mail {
  return composeMail({
    template: "verification",
    subject: "Confirm your email for Parley",
    heading: "Confirm your email",
    paragraphs: [
      "Someone, hopefully you, registered this address with Parley. Confirm it to finish.",
      `The link is valid for ${VERIFICATION_VALID_HOURS} hours and works once.`,
    ],
    action: { label: "Confirm email", url: appLink("/verify-email", { token }) },
    footnote: "If it was not you, ignore this mail: without the link nothing happens.",
  });
}

/** Answers a registration of an address that has a confirmed account. */
export function alreadyRegisteredMail(): Mail {
  return composeMail({
    template: "already_registered",
    subject: "You already have a Parley account",
    heading: "You already have an account",
    paragraphs: [
      "Someone, hopefully you, tried to register this address with Parley, which has an account already.",
      "Nothing was changed. Sign in with the password you have.",
    ],
    action: { label: "Sign in", url: appLink("/login", {}) },
    footnote: "If it was not you, ignore this mail: your account is as it was.",
  });
}

/** Lets an address sign up that asked for access. `token` is the raw secret: it is in this mail and nowhere else. */
export function signupInviteMail(token: string, validDays: number): Mail {
  return composeMail({
    template: "signup_invite",
    subject: "Your access to Parley",
    heading: "You can sign up now",
    paragraphs: [
      "This address asked for access to Parley, and we said yes. Create your account to begin.",
      `The link is valid for ${validDays} days and works once, for this address.`,
    ],
    action: { label: "Create your account", url: appLink("/register", { invite: token }) },
    footnote: "If you did not ask, ignore this mail: without the link nothing happens.",
  });
}

/** Tells of a sign-in from a browser that was not known. `device` and `place` are our own words for what was seen. */
export function newDeviceMail(seen: { device: string; place: string | null; at: Date }): Mail {
  const where = seen.place === null || seen.place === "unknown" ? "" : ` near ${seen.place}`;
  return composeMail({
    template: "new_device",
    subject: TEXT_NEW_DEVICE,
    heading: TEXT_NEW_DEVICE,
    paragraphs: [
      `Your Parley account was signed in to from a browser we had not seen before: ${seen.device}${where}, on ${timeOf(seen.at)}.`,
      "If it was you, there is nothing to do. If not, end that session and change your password.",
    ],
    action: { label: "Review your sessions", url: appLink("/account/sessions", {}) },
    footnote: "You get this mail whenever a new browser signs in to your account.",
  });
}

function timeOf(instant: Date): string {
  const text = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return `${text.format(instant)} UTC`;
}

/** An address of this installation, never taken from a request. */
export function appLink(path: string, query: Record<string, string>): string {
  const url = new URL(path, config().appUrl);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}

/** A mail in the house's layout. */
export function composeMail(letter: Letter): Mail {
  const { template, subject } = letter;
  const html = `<!doctype html>${renderToStaticMarkup(<Html letter={letter} />)}`;
  return { template, subject, text: textOf(letter), html };
}

function textOf({ heading, paragraphs, action, footnote }: Letter): string {
  return [heading, ...paragraphs, `${action.label}:\n${action.url}`, footnote, "-- \nParley"].join("\n\n");
}

const FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const INK = "#1c1917";
const MUTED = "#6b6560";
const PAPER = "#f5f3f0";
const ACCENT = "#4f46e5";

// Tables and inline styles: what mail programs agree on. No images, no fonts, nothing fetched.
function Html({ letter }: { letter: Letter }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <title>{letter.subject}</title>
      </head>
      <body style={{ margin: 0, padding: 0, backgroundColor: PAPER, fontFamily: FONT, color: INK }}>
        <Centered>
          <p style={{ margin: "0 0 24px", fontSize: 18, fontWeight: 700 }}>Parley</p>
          <Card letter={letter} />
          <p style={{ margin: "24px 0 0", fontSize: 13, lineHeight: "20px", color: MUTED }}>
            {letter.footnote}
          </p>
        </Centered>
      </body>
    </html>
  );
}

function Centered({ children }: { children: ReactNode }) {
  return (
    <table role="presentation" width="100%" cellPadding={0} cellSpacing={0} border={0}>
      <tbody>
        <tr>
          <td align="center" style={{ padding: "32px 16px" }}>
            <table role="presentation" cellPadding={0} cellSpacing={0} border={0} style={COLUMN}>
              <tbody>
                <tr>
                  <td align="left">{children}</td>
                </tr>
              </tbody>
            </table>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

const COLUMN = { width: "100%", maxWidth: 520 };

function Card({ letter }: { letter: Letter }) {
  return (
    <div style={{ backgroundColor: "#ffffff", borderRadius: 12, padding: 32 }}>
      <h1 style={{ margin: "0 0 16px", fontSize: 22, lineHeight: "30px" }}>{letter.heading}</h1>
      {letter.paragraphs.map((paragraph) => (
        <p key={paragraph} style={{ margin: "0 0 16px", fontSize: 15, lineHeight: "24px" }}>
          {paragraph}
        </p>
      ))}
      <a href={letter.action.url} style={BUTTON}>
        {letter.action.label}
      </a>
    </div>
  );
}

const BUTTON = {
  display: "inline-block",
  marginTop: 8,
  padding: "12px 20px",
  borderRadius: 8,
  backgroundColor: ACCENT,
  color: "#ffffff",
  fontSize: 15,
  fontWeight: 600,
  textDecoration: "none",
};
