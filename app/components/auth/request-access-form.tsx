import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Textarea } from "~/components/ui/textarea";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { NAME_LENGTH_MAX } from "../../../server/auth/terms";
import type { CaptchaChallenge } from "../../../server/platform/captcha";
import { ACCESS_MESSAGE_LENGTH_MAX } from "../../../server/signup/terms";
import type { FormFailure } from "../../http.server";
import { Captcha } from "./captcha";
import { ForScriptsOnly } from "./for-scripts-only";

export interface RequestAccessFormProps {
  failure: FormFailure | undefined;
  captcha: CaptchaChallenge;
}

export function RequestAccessForm({ failure, captcha }: RequestAccessFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/request-access") ?? false;
  const errors = failure?.errors ?? {};
  const values = failure?.values ?? {};
  return (
    <Form ref={form} method="post" noValidate className="flex flex-col gap-5">
      {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
      <Field label="Your name" error={errors["fullName"]}>
        {(control) => (
          <Input
            {...control}
            name="fullName"
            autoComplete="name"
            defaultValue={values["fullName"]}
            maxLength={NAME_LENGTH_MAX}
            required
          />
        )}
      </Field>
      <Field label="Organisation" error={errors["organisation"]}>
        {(control) => (
          <Input
            {...control}
            name="organisation"
            autoComplete="organization"
            defaultValue={values["organisation"]}
            maxLength={NAME_LENGTH_MAX}
            required
          />
        )}
      </Field>
      <Field
        label="Email"
        error={errors["email"]}
        hint="The invite is mailed there and works for this address alone."
      >
        {(control) => (
          <Input
            {...control}
            type="email"
            name="email"
            autoComplete="email"
            defaultValue={values["email"]}
            required
          />
        )}
      </Field>
      <Field label="What would you use Parley for?" error={errors["message"]} isOptional>
        {(control) => (
          <Textarea
            {...control}
            name="message"
            rows={4}
            maxLength={ACCESS_MESSAGE_LENGTH_MAX}
            defaultValue={values["message"]}
          />
        )}
      </Field>
      <ForScriptsOnly />
      <Captcha challenge={captcha} error={errors["captchaToken"]} />
      <Button type="submit" size="lg" isPending={isPending}>
        Request access
      </Button>
    </Form>
  );
}
