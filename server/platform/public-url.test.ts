import { expect, test } from "vitest";
import { publicHttpsUrl } from "./public-url";

test.each([
  "https://hooks.acme.com/billing?team=1",
  "https://93.184.215.14/hook",
  "https://[2606:4700::1111]/hook",
  "https://xn--mller-kva.de/",
])("%s can be called", (url) => {
  expect(publicHttpsUrl(url)).not.toBeNull();
});

test.each([
  "http://hooks.acme.com/",
  "https://user:secret@hooks.acme.com/",
  "https://hooks.acme.com:8443/",
  "https://localhost/",
  "https://billing/",
  "https://printer.local/",
  "https://db.internal./",
  "https://127.0.0.1/",
  "https://0x7f.1/",
  "https://2130706433/",
  "https://10.1.2.3/",
  "https://172.16.0.1/",
  "https://192.168.1.1/",
  "https://169.254.169.254/latest/meta-data",
  "https://100.64.0.1/",
  "https://0.0.0.0/",
  "https://[::1]/",
  "https://[::ffff:10.0.0.1]/",
  "https://[fd00::1]/",
  "https://[fe80::1]/",
  "https://192.0.2.1/",
  "ftp://hooks.acme.com/",
  "//hooks.acme.com/",
  "hooks.acme.com",
  "",
])("%s is refused", (url) => {
  expect(publicHttpsUrl(url)).toBeNull();
});
