// What every mail of Parley looks like: one heading, a few paragraphs, exactly one link, in text and HTML alike. No images,
// no fonts, nothing fetched, so that reading a mail tells nobody. Colours are the site's; mail programs that know dark
// mode get its palette, the others stay light.

import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { config } from "../platform/config";

export interface Mail {
  template: string;
  subject: string;
  text: string;
  html: string;
}

export interface Letter {
  template: string;
  subject: string;
  heading: string;
  paragraphs: string[];
  action: { label: string; url: string };
  footnote: string;
}

/** An address of this installation, never taken from a request. */
export function appLink(path: string, query: Record<string, string> = {}): string {
  const url = new URL(path, config().appUrl);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}

/** An instant as mails write it. */
export function timeOf(instant: Date): string {
  const text = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return `${text.format(instant)} UTC`;
}

/** The mail of a letter. */
export function composeMail(letter: Letter): Mail {
  const { template, subject } = letter;
  const html = `<!doctype html>${renderToStaticMarkup(<Html letter={letter} />)}`;
  return { template, subject, text: textOf(letter), html };
}

function textOf({ heading, paragraphs, action, footnote }: Letter): string {
  return [heading, ...paragraphs, `${action.label}:\n${action.url}`, footnote, "-- \nParley"].join("\n\n");
}

const FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const CANVAS = "#f3f1ec";
const SURFACE = "#ffffff";
const LINE = "#e3dfd6";
const INK = "#1c1b18";
const MUTED = "#5c584f";
const ACCENT = "#0b6b5d";
const ON_ACCENT = "#ffffff";

// The dark palette of the site. Inline styles win over a sheet but for `!important`.
const DARK_MODE = `
  @media (prefers-color-scheme: dark) {
    .canvas { background-color: #161512 !important; }
    .surface { background-color: #1f1e1a !important; border-color: #37342d !important; }
    .ink { color: #f1efe9 !important; }
    .muted { color: #b3aea2 !important; }
    .button { background-color: #5fbfae !important; color: #0b1f1b !important; }
  }`;

// Tables and inline styles: what mail programs agree on.
function Html({ letter }: { letter: Letter }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{letter.subject}</title>
        <style>{DARK_MODE}</style>
      </head>
      <body className="canvas" style={{ margin: 0, padding: 0, backgroundColor: CANVAS, fontFamily: FONT }}>
        <Preheader>{letter.paragraphs[0]}</Preheader>
        <Centered>
          <Wordmark />
          <Card letter={letter} />
          <p
            className="muted"
            style={{ margin: "24px 4px 0", fontSize: 13, lineHeight: "20px", color: MUTED }}
          >
            {letter.footnote}
          </p>
        </Centered>
      </body>
    </html>
  );
}

/** What the list of mails shows beside the subject. */
function Preheader({ children }: { children: ReactNode }) {
  return (
    <div style={{ display: "none", maxHeight: 0, overflow: "hidden", fontSize: 1, opacity: 0 }}>
      {children}
    </div>
  );
}

function Wordmark() {
  return (
    <p className="ink" style={{ margin: "0 4px 20px", fontSize: 18, fontWeight: 700, color: INK }}>
      <span className="button" style={MARK}>
        P
      </span>
      &nbsp;&nbsp;Parley
    </p>
  );
}

const MARK = {
  display: "inline-block",
  width: 28,
  borderRadius: 8,
  backgroundColor: ACCENT,
  color: ON_ACCENT,
  fontSize: 16,
  lineHeight: "28px",
  textAlign: "center" as const,
};

function Centered({ children }: { children: ReactNode }) {
  return (
    <table className="canvas" role="presentation" width="100%" cellPadding={0} cellSpacing={0} border={0}>
      <tbody>
        <tr>
          <td align="center" style={{ padding: "40px 16px" }}>
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
    <div className="surface" style={CARD}>
      <h1 className="ink" style={{ margin: "0 0 16px", fontSize: 22, lineHeight: "30px", color: INK }}>
        {letter.heading}
      </h1>
      {letter.paragraphs.map((paragraph) => (
        <p key={paragraph} className="ink" style={PARAGRAPH}>
          {paragraph}
        </p>
      ))}
      <a href={letter.action.url} className="button" style={BUTTON}>
        {letter.action.label}
      </a>
    </div>
  );
}

const CARD = { backgroundColor: SURFACE, border: `1px solid ${LINE}`, borderRadius: 12, padding: 32 };
const PARAGRAPH = {
  margin: "0 0 16px",
  fontSize: 15,
  lineHeight: "24px",
  color: INK,
  overflowWrap: "anywhere" as const,
};
const BUTTON = {
  display: "inline-block",
  marginTop: 8,
  padding: "12px 20px",
  borderRadius: 8,
  backgroundColor: ACCENT,
  color: ON_ACCENT,
  fontSize: 15,
  fontWeight: 600,
  textDecoration: "none",
};
