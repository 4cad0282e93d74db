// Limits counted in Redis: one Lua script per decision, so that reading, opening and counting a window is one step, and
// the end of the window is told by Redis' own clock, the same for every hit.

import type { Redis } from "ioredis";
import { counterKey, type Limit, type LimitStore } from "./rate-limit-store";
import { connectRedis, untilConnected } from "./redis";

const KEY_PREFIX = "parley:rl:";

// A counter's first hit sets its end; a counter without an end (left by a crash between versions) gets one.
const HIT = `
local answers = {}
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
  local hits = redis.call("INCRBY", key, ARGV[#KEYS + i])
  local left = redis.call("PTTL", key)
  if left < 0 then
    left = tonumber(ARGV[i])
    redis.call("PEXPIRE", key, left)
  end
  answers[#answers + 1] = hits
  answers[#answers + 1] = now + left
end
return answers`;

interface LimitCommands {
  parleyLimitHit(keyCount: number, ...keysWindowsWeights: (string | number)[]): Promise<number[]>;
}

/** The store on this Redis; commands are refused at once while it is down, and the caller falls back. */
export function redisLimitStore(url: string): LimitStore {
  const redis = connectRedis(url, "rate-limit");
  redis.defineCommand("parleyLimitHit", { lua: HIT });
  const commands = redis as Redis & LimitCommands;
  return {
    async hit(limits: Limit[]) {
      await untilConnected(redis);
      const keys = limits.map((limit) => KEY_PREFIX + counterKey(limit));
      const windowsMs = limits.map((limit) => limit.windowSeconds * 1_000);
      const weights = limits.map((limit) => limit.weight ?? 1);
      const answers = await commands.parleyLimitHit(keys.length, ...keys, ...windowsMs, ...weights);
      return limits.map((_limit, index) => ({
        hits: answers[index * 2] ?? 1,
        endsAtMs: answers[index * 2 + 1] ?? 0,
      }));
    },
  };
}
