// Mails about the second factor. Each leads to one page, never to a secret.

import { appLink, composeMail, type Mail } from "../auth/mail-layout";
import { MFA_LOCK_MINUTES, RECOVERY_CODES_FEW } from "./terms";

const NOT_YOU = "If it was not you, change your password at once and tell whoever runs your Parley.";

/** Tells that the second factor is on. */
export function enabledMail(): Mail {
  return composeMail({
    template: "two_factor_on",
    subject: "Two-factor authentication is on",
    heading: "Two-factor authentication is on",
    paragraphs: [
      "From now on a sign-in to your Parley account asks for a code from your authenticator app.",
      "Your other sessions were signed out. Keep the recovery codes where you find them without your phone.",
    ],
    action: securityLink(),
    footnote: NOT_YOU,
  });
}

/** Tells that the second factor is off; by an operator when it was one. */
export function disabledMail(isByOperator = false): Mail {
  return composeMail({
    template: "two_factor_off",
    subject: "Two-factor authentication is off",
    heading: "Two-factor authentication is off",
    paragraphs: [
      isByOperator
        ? "An operator reset the two-factor authentication of your Parley account and signed you out everywhere."
        : "Signing in to your Parley account no longer asks for a code. Its recovery codes were deleted.",
      "You can turn it on again at any time.",
    ],
    action: securityLink(),
    footnote: NOT_YOU,
  });
}

/** Tells that a recovery code took the place of a security code. */
export function recoveryCodeUsedMail(codesLeft: number): Mail {
  const left = codesLeft === 1 ? "1 recovery code is left." : `${codesLeft} recovery codes are left.`;
  return composeMail({
    template: "recovery_code_used",
    subject: "A recovery code was used",
    heading: "A recovery code was used",
    paragraphs: [
      "Someone, hopefully you, used a recovery code of your Parley account in place of a security code.",
      codesLeft <= RECOVERY_CODES_FEW ? `${left} Make new ones before you need them.` : left,
    ],
    action: securityLink(),
    footnote: NOT_YOU,
  });
}

/** Tells that wrong codes have locked the second factor. */
export function lockedMail(): Mail {
  return composeMail({
    template: "two_factor_locked",
    subject: "Too many wrong security codes",
    heading: "Two-factor authentication is locked for a moment",
    paragraphs: [
      `Someone with your password entered several wrong security codes. No code is accepted for ${MFA_LOCK_MINUTES} minutes.`,
      "If it was you, wait; then try again, or use a recovery code.",
    ],
    action: { label: "Change your password", url: appLink("/account/security", {}) },
    footnote: NOT_YOU,
  });
}

function securityLink() {
  return { label: "Review your account's security", url: appLink("/account/security", {}) };
}
