import { afterEach, expect, test } from "vitest";
import { GOOD_PASSWORD, makeUser, signIn } from "../../../tests/factories/users";
import { login } from "../../mfa/sign-in";
import { travel } from "../../platform/clock";
import { internalRequest } from "../../request";
import { TEXT_INVALID_CREDENTIALS, TEXT_WRONG_PASSWORD, textLocked } from "../terms";
import { checkOwnPassword } from "./password-prompt";

const WRONG = "not-the-password-at-all";

afterEach(() => travel(0));

async function promptOf() {
  const user = await makeUser();
  const { session } = await signIn(user);
  const ask = (password: string) => checkOwnPassword({ session, request: internalRequest() }, password);
  return { user, ask };
}

test("the own password passes, another one is refused at its field", async () => {
  const { ask } = await promptOf();
  await ask(GOOD_PASSWORD);
  await expect(ask(WRONG)).rejects.toMatchObject({
    code: "unauthorized",
    message: TEXT_INVALID_CREDENTIALS,
    details: { reason: "invalid_credentials", fields: { password: TEXT_WRONG_PASSWORD } },
  });
});

test("prompts and sign-ins share one counter: thirty parallel guesses are looked at five times", async () => {
  const { user, ask } = await promptOf();
  const signingIn = (password: string) =>
    login({ email: user.email, password, remember: false }, { request: internalRequest(), session: null });
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      (index % 2 === 0 ? ask(WRONG) : signingIn(WRONG)).then(
        () => "passed",
        (error: Error) => error.message,
      ),
    ),
  );
  expect(answers.filter((answer) => answer === TEXT_INVALID_CREDENTIALS)).toHaveLength(5);
  expect(answers.filter((answer) => answer === textLocked(5))).toHaveLength(25);
  await expect(ask(GOOD_PASSWORD)).rejects.toMatchObject({ details: { reason: "account_locked" } });
  await expect(signingIn(GOOD_PASSWORD)).rejects.toMatchObject({ details: { reason: "account_locked" } });
});
