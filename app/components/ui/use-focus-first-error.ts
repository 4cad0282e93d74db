import { type RefObject, useEffect, useRef } from "react";

/** After an answer of the form's action, the focus goes to the first field with an error, or else to the message. */
export function useFocusFirstError(answer: unknown): RefObject<HTMLFormElement> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (!answer) return;
    const target =
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      form.current?.querySelector<HTMLElement>('[data-alert="danger"]');
    target?.focus();
  }, [answer]);
  return form;
}
