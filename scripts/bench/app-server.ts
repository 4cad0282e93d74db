// The built app as the benchmarks run it: the production build and production's React, with development's settings.

import "../production-react";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../build-app";

interface Build {
  entry: {
    module: { start(options: { build: unknown; assetsFolder: string }): Promise<{ stop(): Promise<void> }> };
  };
}

const build = (await import(pathToFileURL(join(ROOT, "build/server/index.js")).href)) as Build;
const app = await build.entry.module.start({ build, assetsFolder: join(ROOT, "build/client") });
process.on("SIGTERM", () => void app.stop().then(() => process.exit()));
