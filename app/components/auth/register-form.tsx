import { Form, Link, useNavigation } from "@remix-run/react";
import { type FormEvent, useState } from "react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { NAME_LENGTH_MAX } from "../../../server/auth/terms";
import type { CaptchaChallenge } from "../../../server/platform/captcha";
import type { FormFailure } from "../../http.server";
import { Captcha } from "./captcha";
import { ForScriptsOnly } from "./for-scripts-only";
import { NewPasswordField } from "./new-password-field";

export interface RegisterFormProps {
  failure: FormFailure | undefined;
  /** The invite that the link carried. */
  invite: string;
  needsInvite: boolean;
  captcha: CaptchaChallenge;
}

export function RegisterForm({ failure, invite, needsInvite, captcha }: RegisterFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/register") ?? false;
  const [ownWords, setOwnWords] = useState<string[]>([]);
  const errors = failure?.errors ?? {};
  const values = failure?.values ?? {};
  const noteOwnWords = (event: FormEvent<HTMLFormElement>) =>
    setOwnWords(ownWordsOf(new FormData(event.currentTarget)));
  return (
    <Form ref={form} method="post" noValidate onBlur={noteOwnWords} className="flex flex-col gap-5">
      {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
      <Field label="Your name" error={errors["name"]}>
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="name"
            defaultValue={values["name"]}
            maxLength={NAME_LENGTH_MAX}
            required
          />
        )}
      </Field>
      <Field
        label="Workspace"
        error={errors["tenantName"]}
        hint="Your team or company. You can invite people later."
        isOptional
      >
        {(control) => (
          <Input
            {...control}
            name="tenantName"
            autoComplete="organization"
            defaultValue={values["tenantName"]}
            maxLength={NAME_LENGTH_MAX}
          />
        )}
      </Field>
      <Field label="Email" error={errors["email"]}>
        {(control) => (
          <Input
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            defaultValue={values["email"]}
            required
          />
        )}
      </Field>
      <NewPasswordField error={errors["password"]} ownWords={ownWords} />
      {needsInvite && (
        <Field label="Invite" error={errors["inviteToken"]} hint={<InviteHint />}>
          {(control) => (
            <Input {...control} name="inviteToken" autoComplete="off" defaultValue={invite} required />
          )}
        </Field>
      )}
      <ForScriptsOnly />
      <Captcha challenge={captcha} error={errors["captchaToken"]} />
      <Button type="submit" size="lg" isPending={isPending}>
        Create account
      </Button>
    </Form>
  );
}

function InviteHint() {
  return (
    <>
      Parley is open to invited people for now. No invite?{" "}
      <Link to="/request-access" className={TEXT_LINK_CLASS}>
        Request access
      </Link>
    </>
  );
}

function ownWordsOf(form: FormData): string[] {
  const text = ["name", "tenantName", "email"].map((name) => form.get(name)).join(" ");
  return text.split(/[\s@.,_-]+/).filter(Boolean);
}
