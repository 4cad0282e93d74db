// React chooses its build when it is first loaded; what follows runs with the environment's own NODE_ENV again.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const environment = process.env["NODE_ENV"] ?? "development";
process.env["NODE_ENV"] = "production";
for (const name of ["react", "react/jsx-runtime", "react-dom", "react-dom/server"]) require(name);
process.env["NODE_ENV"] = environment;
